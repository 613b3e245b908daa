//! The operator's program that sees each image before it is published.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use imaging::ImageType;

use crate::support::Scene;

const LOOP: &str = "REPO\npart / --size=60\n%packages\nbusybox\n%end\n";

/// Prepares a build at whose end such a program runs; a file of the operator lies beside it.
fn scene(image_type: ImageType, script: &str) -> (Scene, PathBuf) {
    let mut scene = Scene::new(image_type, LOOP);
    let folder = scene.temp().join("operator");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("key"), "secret").unwrap();
    let program = folder.join("sign");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    scene.request.post_creation = Some(program.clone());
    (scene, program)
}

#[tokio::test]
async fn it_sees_the_image_and_what_it_makes_is_published_with_a_checksum() {
    let (scene, program) = scene(
        ImageType::Loop,
        "#!/bin/sh -e\nenv | grep -E '^(IMG|GREETING|INSTALL)' | sort >\"$IMG_OUT_DIR/env.txt\"\n\
         test \"$(blkid -p -s TYPE -o value \"$IMG_IMAGE_FILE\")\" = ext4\necho signed by $0\n\
         ! echo x 2>/dev/null >>\"$0\"\n! test -e \"$(dirname \"$0\")/key\"\n! test -e /home\n! touch /usr/x 2>/dev/null\n\
         echo sum >\"$IMG_OUT_DIR/demo.sig\"\n",
    );

    scene.made().await;

    assert_eq!(scene.files(), ["demo.img", "demo.ks", "demo.sig", "env.txt", "log"]);
    assert_eq!(
        fs::read_to_string(scene.file("env.txt")).unwrap(),
        "GREETING=hello\nIMG_ARCH=x86_64\nIMG_IMAGE_FILE=/build/out/demo.img\nIMG_IMAGE_ID=test-1\nIMG_IMAGE_TYPE=loop\n\
         IMG_NAME=demo\nIMG_OUT_DIR=/build/out\n"
    );
    let real = program.canonicalize().unwrap();
    assert!(scene.log().contains(&format!("signed by {}", real.display())), "{}", scene.log());
    assert!(fs::read_to_string(scene.file("demo.sha256")).unwrap().contains("  demo.sig\n"));
    let step = format!("running post_creation ({})", real.display());
    assert!(scene.steps.lock().unwrap().iter().any(|known| known.name == step));
}

#[tokio::test]
async fn it_finds_an_image_that_is_a_folder_and_may_pack_one_that_is_a_file() {
    let (mut folder, _) = scene(ImageType::Fs, "#!/bin/sh -e\ntest -x \"$IMG_IMAGE_FILE/bin/busybox\"\n");
    folder.request.extra_opts = vec!["--pack-to=@NAME@/".into()];
    folder.made().await;

    let (packed, _) = scene(ImageType::Loop, "#!/bin/sh -e\ngzip -1 \"$IMG_IMAGE_FILE\"\n");
    assert_eq!(packed.made().await.image_file, PathBuf::from("demo.img.gz"));
}

#[tokio::test]
async fn its_failure_is_that_of_the_build() {
    let (scene, program) = scene(ImageType::Loop, "#!/bin/sh\necho no key for demo\nexit 3\n");
    let shown = program.canonicalize().unwrap();

    let reason = scene.reason().await;

    assert_eq!(
        reason,
        format!(
            "post_creation ({}) failed with exit status 3; the log says what it printed",
            shown.display()
        )
    );
    assert!(scene.log().contains("no key for demo"));
}

#[tokio::test]
async fn a_build_that_could_not_run_it_does_not_begin() {
    let (scene, program) = scene(ImageType::Loop, "");
    fs::remove_file(&program).unwrap();

    let reason = scene.reason().await;

    assert_eq!(
        reason,
        format!(
            "post_creation ({}) cannot be run: No such file or directory (os error 2); `img config check` tells more",
            program.display()
        )
    );
    assert_eq!(scene.log(), "");
}
