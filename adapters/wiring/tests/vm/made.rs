//! Images that mic makes in a virtual machine.

use builder_mic::{MicBuilder, Settings, Tool};
use imaging::testing::build_request;
use imaging::{Build, BuildRequest, ImageBuilder, ImageType, Step, Watch};
use tokio_util::sync::CancellationToken;

use crate::base::{Scene, mode};

const REPO: &str = "repo --name=r --baseurl=file:///srv/repo\n%packages\nbash\n%end\n";

struct Waiting;

impl Watch for Waiting {
    fn step(&self, _step: &Step) {}

    fn stop(&self) -> CancellationToken {
        CancellationToken::new()
    }
}

/// Builds an image `demo`, and sees to it that nothing is left but its folder.
async fn build(tool: Tool, image_type: ImageType, kickstart: &str) -> (Build, Vec<String>, Scene) {
    build_by(tool, None, image_type, kickstart).await
}

/// Does so by a program of another name.
async fn build_by(
    tool: Tool,
    program: Option<&str>,
    image_type: ImageType,
    kickstart: &str,
) -> (Build, Vec<String>, Scene) {
    let mut scene = Scene::new();
    let folder = scene.path("image");
    let cache = scene.path("cache");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("demo.log"), "").unwrap();
    scene.settings.shares = vec![folder.clone(), cache.clone()];
    let mut settings = Settings { tmp: Some("/var/tmp/img".into()), ..Settings::usual(tool, cache.clone()) };
    if let Some(program) = program {
        settings.program = program.into();
    }
    let request = BuildRequest {
        log: folder.join("demo.log"),
        folder: folder.clone(),
        ..build_request(image_type, kickstart)
    };
    let builder = MicBuilder::new(Box::new(scene.place()), settings);
    let built = builder.build(&request, &Waiting).await.unwrap();
    drop(builder);
    scene.until_nothing_is_left().await;
    let files = std::fs::read_dir(&folder).unwrap().flatten();
    let mut files: Vec<_> = files
        .map(|file| format!("{} {:o}", file.file_name().to_string_lossy(), mode(&file.path())))
        .collect();
    files.sort();
    (built, files, scene)
}

async fn made(tool: Tool, image_type: ImageType, image: &str, beside: &[&str]) {
    let kickstart = format!("part / --size=9 --ondisk=sda\n{REPO}");
    let (built, files, scene) = build(tool, image_type, &kickstart).await;
    let Build::Made(made) = built else {
        panic!("{built:?}\n{}", std::fs::read_to_string(scene.path("image/demo.log")).unwrap())
    };
    assert_eq!(made.image_file.to_str(), Some(image));
    let mut expected = vec![format!("{image} 644"), "demo.ks 640".into(), "demo.log 644".into()];
    expected.extend(beside.iter().map(|file| (*file).to_owned()));
    expected.sort();
    assert_eq!(files, expected);
    // the cache is one of this machine, as `use_9p_cache` has it
    assert!(scene.path("cache/slot-0/package.rpm").exists());
}

#[tokio::test]
async fn a_base_image_without_mic_is_said() {
    let (built, _, _) = build_by(Tool::Mic, Some("/usr/bin/no-mic"), ImageType::Fs, REPO).await;
    let Build::Failed { reason } = built else { panic!("{built:?}") };
    assert!(
        reason
            .contains("/usr/bin/no-mic is missing in the virtual machine: make its base image anew with mic"),
        "{reason}"
    );
}

#[tokio::test]
async fn an_archive_comes_out_of_a_virtual_machine() {
    made(Tool::Mic, ImageType::Fs, "demo.tar.gz", &[]).await;
}

#[tokio::test]
async fn a_disk_comes_out_of_a_virtual_machine() {
    made(Tool::Mic, ImageType::Raw, "demo-sda.raw", &["demo.xml 644"]).await;
}

#[tokio::test]
async fn a_file_system_comes_out_of_a_virtual_machine() {
    made(Tool::Mic, ImageType::Loop, "demo.img", &["demo.xml 644"]).await;
}

#[tokio::test]
async fn a_live_cd_comes_out_of_a_virtual_machine() {
    made(Tool::Mic, ImageType::Livecd, "demo.iso", &[]).await;
}

#[tokio::test]
async fn a_live_stick_comes_out_of_a_virtual_machine() {
    made(Tool::Mic, ImageType::Liveusb, "demo.usbimg", &[]).await;
}

#[tokio::test]
async fn the_older_mic_works_there_too() {
    made(Tool::Mic2, ImageType::Nand, "demo.nand", &[]).await;
}

#[tokio::test]
async fn a_guest_without_room_says_so() {
    let fill = "%post --nochroot --erroronfail\ndd if=/dev/zero of=/var/tmp/img/fill bs=1M\n%end\n";

    let (built, files, _scene) = build(Tool::Mic, ImageType::Fs, &format!("{REPO}{fill}")).await;

    let Build::Failed { reason } = built else { panic!("{built:?}") };
    assert!(reason.contains("no room on the disk of the virtual machine"), "{reason}");
    assert_eq!(files, ["demo.log 644"]);
}
