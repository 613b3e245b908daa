//! The same by an ordinary user, for whom sudo makes mic root.

use crate::support::{Scene, again};

#[tokio::test]
async fn an_ordinary_user_builds_by_sudo_or_is_told_how() {
    let Some(scene) = Scene::new("users").await else { return };
    for (line, expected) in
        [("nobody ALL=(root) NOPASSWD: /usr/bin/unshare", "works"), ("root ALL=(ALL) ALL", "is refused")]
    {
        std::fs::write(scene.temp.path().join("sudoers"), format!("{line}\n")).unwrap();
        let script = r#"chown root:root "$1/sudoers"; chmod 440 "$1/sudoers"; mount --bind "$1/sudoers" /etc/sudoers
            mkdir -p "$1/tmp"; chmod 1777 "$1/tmp"
            exec setpriv --reuid=nobody --regid=nogroup --clear-groups env TMPDIR="$1/tmp" MIC_TEST_EXPECTED="$2" "$1/tests" "${@:3}""#;
        let words = [
            expected,
            "--exact",
            "--test-threads=2",
            "made::each_type_leaves_its_files_which_are_ours",
            "made::a_folder_of_files_keeps_the_users_of_the_image",
            "made::several_runs_have_a_cache_each_and_the_next_one_finds_it",
            "ends::whoever_stops_a_build_has_nothing_left_of_it_within_five_seconds",
            "ends::what_a_killed_program_left_is_taken_back_by_the_next_build_of_any_image",
        ];

        let said = again(&scene, script, &words).await;

        assert!(said.contains("5 passed"), "{expected}: {said}");
    }
}
