//! Images for another processor, whose programs qemu runs.

use builder_dnf::DnfBuilder;
use child::BareHost;
use imaging::{Build, ImageBuilder, ImageType};

use crate::support::{Ext, Scene};

/// Returns the repository of a processor that no machine running the tests has; `make test` makes it and says where it is.
fn foreign_repo() -> String {
    let repo = std::env::var("IMG_FOREIGN_REPO").expect(
        "IMG_FOREIGN_REPO names no repository: run `make test`, or make one with .ci/foreign-repo and set it",
    );
    std::path::absolute(repo).unwrap().display().to_string()
}

/// Prepares the build of an image whose packages and scripts say on what they run.
fn scene(arch: &str) -> Scene {
    let lines = format!("repo --name=foreign --baseurl=file://{}\n", foreign_repo());
    let mut scene = Scene::new(
        ImageType::Loop,
        &(lines
            + "%packages\nbusybox\n%end\n%post --erroronfail\nuname -m >/etc/built-on\n\
            cd /etc && sh -c 'uname -m' >by-a-child\ncat \"$0\" | grep -c by-a-child >words\n%end\n\
            %post --nochroot\nuname -m >$IMG_OUT_DIR/host\n%end\n"),
    );
    scene.request.arch = arch.parse().unwrap();
    scene
}

#[tokio::test]
async fn packages_and_scripts_of_another_processor_run_programs_of_their_own() {
    for memory in [0, 50] {
        let scene = scene("aarch64");

        let built = scene.builder().in_memory(memory).build(&scene.request, &scene).await.unwrap();

        let Build::Made(made) = built else { panic!("{built:?}\n{}", scene.log()) };
        assert_eq!(made.warnings, Vec::<String>::new());
        let image = Ext::at(&scene.file("demo.img"), 0);
        for file in ["/etc/installed-on", "/etc/built-on", "/etc/by-a-child"] {
            assert_eq!(image.read(file), "aarch64\n", "{file}, with {memory} % of the memory");
        }
        assert_eq!(image.read("/etc/words"), "2\n", "a script is handed to its interpreter by its name");
        let host = std::fs::read_to_string(scene.file("host")).unwrap();
        assert_eq!(host.trim(), std::env::consts::ARCH, "beside the image nothing is emulated");
        let packages = std::fs::read_to_string(scene.file("demo.packages")).unwrap();
        assert!(packages.contains("aarch64"), "{packages}");
    }
}

#[tokio::test]
async fn the_machine_itself_learns_no_emulator_from_a_build() {
    let known = || std::fs::read_dir("/proc/sys/fs/binfmt_misc").map(Iterator::count).ok();
    let before = known();

    scene("aarch64").made().await;

    assert_eq!(known(), before);
}

#[tokio::test]
async fn where_nothing_runs_its_programs_an_architecture_is_refused_before_anything_else() {
    let scene = scene("aarch64");
    let builder = DnfBuilder::new(Box::new(BareHost), scene.temp().join("cache"));

    let built = builder.build(&scene.request, &scene).await.unwrap();

    let Build::Failed { reason } = built else { panic!("{built:?}") };
    assert!(
        reason.starts_with("programs for aarch64 do not run on this ")
            && reason.ends_with(" or build on a machine for aarch64"),
        "{reason}"
    );
    assert_eq!((scene.log(), scene.all_files()), (String::new(), Vec::new()));
}
