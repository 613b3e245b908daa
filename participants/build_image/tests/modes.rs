//! Who may read what is published; alone in its program, since the umask is that of a whole one.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use build_image::{BuildImage, Folders};
use imaging::testing::Canned;
use nix::sys::stat::{Mode, umask};
use participant_core::testing::{Memory, workitem};
use participant_core::{Job, Participant};
use serde_json::json;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn a_web_server_reads_what_a_careful_program_publishes() {
    umask(Mode::from_bits_truncate(0o077)); // as the units have it
    let (images, chosen) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let base = images.path().join("images");
    std::fs::create_dir(&base).unwrap();
    std::fs::set_permissions(&base, std::fs::Permissions::from_mode(0o2755)).unwrap();
    let mut folders = Folders::local(base.clone());
    folders.outdir_allowed = true;
    let participant = BuildImage {
        builder: Box::new(Canned::Makes),
        folders,
        owner: "me".into(),
        fs_pack: None,
        options: Vec::new(),
        post_creation: None,
    };
    let image = json!({ "kickstart": "part /", "image_id": "de/mo", "image_type": "raw", "name": "n",
        "arch": "x86_64", "prefix": "requests/ana" });
    let mut own = image.clone();
    own["outdir"] = chosen.path().to_str().unwrap().into();

    for image in [image, own] {
        let item = workitem(&json!({ "image": image }));
        let (job, _stop) = Job::new(item.attempt(), Arc::new(Memory::default()), Arc::new(()));
        participant.handle_wi(&item, &job).await.unwrap();
    }

    let folder = base.join("requests/ana/demo");
    for folder in [&base, &base.join("requests"), &base.join("requests/ana"), &folder] {
        assert_eq!(mode(folder), 0o2755, "{}", folder.display());
    }
    for file in ["n.log", "record.json"] {
        assert_eq!(mode(&folder.join(file)), 0o644, "{file}");
    }
    let own = chosen.path().join("requests/ana/demo");
    assert_eq!((mode(&own), mode(&own.join("n.log"))), (0o700, 0o600), "there, the umask says who may read");
}
