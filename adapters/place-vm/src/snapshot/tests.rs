//! Words, lists, and a program that stands in for LVM: there is no device mapper where this is tested.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn volume() -> Volume {
    Volume { group: "my-group".into(), name: "base".into() }
}

#[test]
fn a_volume_is_known_by_what_the_kernel_tells_of_it() {
    let sys = tempfile::tempdir().unwrap();
    // a device that is on every machine
    let device = Path::new("/dev/null");
    let about = sys.path().join("1:3/dm");
    std::fs::create_dir_all(&about).unwrap();
    std::fs::write(about.join("name"), "my--group-base\n").unwrap();
    std::fs::write(about.join("uuid"), "CRYPT-LUKS2-x\n").unwrap();
    assert_eq!(Volume::of(device, sys.path()), None, "another kind of mapping");

    std::fs::write(about.join("uuid"), "LVM-x\n").unwrap();

    assert_eq!(Volume::of(device, sys.path()), Some(volume()));
    assert_eq!(Volume::of(Path::new("/etc/passwd"), sys.path()), None, "a file");
    assert_eq!(Volume::of_mapping("g-a--b--c").unwrap().name, "a-b-c");
}

#[test]
fn the_words_are_those_of_the_manual_pages() {
    assert_eq!(
        creation(&volume(), "img-vm-1", 10 << 30, "img-vm-7-99").join(" "),
        "lvcreate --yes --snapshot --size 10737418240b --name img-vm-1 --addtag img-vm-7-99 -- my-group/base"
    );
    assert_eq!(removal("my-group", "img-vm-1").join(" "), "lvremove --yes -- my-group/img-vm-1");
    assert_eq!(
        list("my-group").join(" "),
        "lvs --noheadings --binary --separator ; --options lv_name,lv_device_open,lv_tags -- my-group"
    );
}

#[test]
fn only_snapshots_whose_makers_are_gone_and_that_nobody_uses_are_left_over() {
    let listed = "  base;1;\n  img-vm-dead;0;img-vm-7-99\n  img-vm-used;1;img-vm-7-99\n  img-vm-other;0;x,img-vm-8-5\n  \
                  img-vm-nobodys;0;\n  theirs;0;img-vm-7-99\n  img-vm-again;0;a,img-vm-8-4\n";
    let alive = |process, began| (process, began) == (8, 5);
    assert_eq!(leftovers(listed, &alive), ["img-vm-dead", "img-vm-again"]);

    let me = std::process::id();
    assert!(is_alive(me, began(me).unwrap()) && !is_alive(me, 1) && !is_alive(u32::MAX, 1));
}

/// Notes how it is called; lists what it is told to, and says as often as asked that a volume is in use.
fn stand_in(folder: &Path) -> Lvm {
    let program = folder.join("stand-in-lvm");
    let script = "#!/bin/sh\ncd \"${0%/*}\" || exit\necho \"$*\" >>called\ncase $1 in\n\
                  lvs) cat listed ;;\nlvcreate) [ ! -e full ] || { echo '  Volume group has insufficient free space' >&2; exit 5; } ;;\n\
                  lvremove) [ ! -e used ] || { rm used; exit 5; } ;;\nesac\n";
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    Lvm { before: vec![program.into()] }
}

#[tokio::test]
async fn a_snapshot_begins_with_what_is_left_and_ends_with_its_machine() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let calls = || std::fs::read_to_string(path("called")).unwrap();
    let lvm = stand_in(folder.path());
    std::fs::write(path("listed"), "  base;1;\n  img-vm-dead;0;img-vm-4294967295-1\n").unwrap();

    let snapshot = lvm.snapshot(&volume(), 4096).await.unwrap();

    let name = snapshot.device.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(snapshot.device.starts_with("/dev/my-group") && name.starts_with(OURS), "{snapshot:?}");
    let so_far = calls();
    let lines: Vec<_> = so_far.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("lvs "), "{lines:?}");
    assert_eq!(lines[1], "lvremove --yes -- my-group/img-vm-dead");
    let mine = tag(std::process::id(), began(std::process::id()).unwrap());
    assert!(lines[2].contains(&format!(" --size 4096b --name {name} --addtag {mine} ")), "{lines:?}");

    std::fs::write(path("used"), "").unwrap(); // qemu has it open for a moment more
    drop(snapshot);
    let removal = format!("lvremove --yes -- my-group/{name}\n");
    for _ in 0..500 {
        if calls().ends_with(&removal.repeat(2)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(calls().ends_with(&removal.repeat(2)), "{}", calls());

    std::fs::write(path("full"), "").unwrap();
    let full = lvm.snapshot(&volume(), 4096).await.unwrap_err();
    assert_eq!(
        full,
        "no snapshot of the volume my-group/base can be made ([worker] vm_snapshot): Volume group has insufficient free space"
    );
    let none = Lvm { before: vec!["/no/such/lvm".into()] }.snapshot(&volume(), 1).await.unwrap_err();
    assert!(none.ends_with("install the package lvm2"), "{none}");
}
