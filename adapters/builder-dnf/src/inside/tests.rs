use super::*;

fn file(text: &str, mode: u32, owner: (u32, u32)) -> Entry {
    Entry { kind: Kind::File(text.into()), mode, owner }
}

fn with(entries: &[(&str, Entry)]) -> Inside {
    let known = entries.iter().map(|(path, entry)| (PathBuf::from(path), Some(entry.clone())));
    Inside { known: known.collect(), ..Inside::default() }
}

#[test]
fn what_is_not_known_is_noted_once_it_is_looked_at() {
    let inside = with(&[("/etc/a", file("x", 0o600, (1, 2)))]);

    assert_eq!(inside.text("/etc/a"), Some("x".into()));
    assert_eq!(*inside.wanted.borrow(), ["/etc"].map(PathBuf::from).into(), "it may be a link");
    assert_eq!((inside.text("/etc/b"), inside.has("/etc/../c")), (None, false));
    assert_eq!(*inside.wanted.borrow(), ["/c", "/etc", "/etc/b"].map(PathBuf::from).into());
}

#[test]
fn links_never_lead_out_of_the_image() {
    let link = |to: &str| Entry { kind: Kind::Link(to.into()), mode: 0o777, owner: (0, 0) };
    let mut inside = with(&[
        ("/etc/up", link("../../../etc/a")),
        ("/etc/whole", link("/etc/a")),
        ("/etc/round", link("round")),
        ("/etc/a", file("x", 0o600, (1, 2))),
    ]);

    assert_eq!(inside.text("/etc/up"), Some("x".into()));
    assert_eq!(inside.text("/etc/whole"), Some("x".into()));
    assert_eq!(inside.text("/etc/round"), None);
    inside.set("/etc/whole", "y");
    assert_eq!(
        inside.changed,
        [(PathBuf::from("/etc/a"), file("y", 0o600, (1, 2)))].into(),
        "it keeps its owner"
    );
}

#[test]
fn links_on_the_way_lead_to_the_same_place_as_in_the_running_image() {
    let link = |to: &str| Entry { kind: Kind::Link(to.into()), mode: 0o777, owner: (0, 0) };
    let mut inside = with(&[
        ("/home", link("/data/home")),
        ("/data/home", link("../srv")),
        ("/srv/ann/a", file("x", 0o600, (1, 2))),
        ("/etc", link("/../../..//etc")),
    ]);

    assert_eq!(inside.text("/home/ann/a"), Some("x".into()));
    assert_eq!(inside.text("/home/../srv/ann/a"), Some("x".into()));
    inside.set("/home/ann/b", "y");
    inside.link("/home/ann/c", "../d");
    inside.folder("/home/ann", 0o700, (1, 2));
    inside.set("/etc/x", "z");
    let changed: Vec<_> = inside.changed.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(changed, ["/etc/x", "/srv/ann", "/srv/ann/b", "/srv/ann/c"]);
}

#[test]
fn what_is_switched_off_is_not_switched_on_by_what_was_said_before() {
    let folder = Entry { kind: Kind::Folder, mode: 0o755, owner: (0, 0) };
    let mut inside = with(&[("/etc/systemd/system", folder)]);
    inside.link("/etc/systemd/system/x.target.wants/a.service", "/usr/lib/systemd/system/a.service");
    inside.link("/etc/systemd/system/x.target.wants/b.service", "/usr/lib/systemd/system/b.service");

    inside.disable("a.service");

    let changed: Vec<_> = inside.changed.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(changed, ["/etc/systemd/system/x.target.wants/b.service"]);
    assert_eq!(inside.disabled, ["a.service".to_owned()].into());
}

#[test]
fn a_tree_is_copied_for_its_new_owner() {
    let folder = Entry { kind: Kind::Folder, mode: 0o755, owner: (0, 0) };
    let mut inside = with(&[
        ("/etc/skel", folder.clone()),
        ("/etc/skel/bin", folder.clone()),
        ("/etc/skel/bin/x", file("x", 0o755, (0, 0))),
        ("/etc/skeleton", folder.clone()),
    ]);

    inside.copy_tree("/etc/skel", "/home/ann", (5, 6));

    assert_eq!(*inside.wanted_trees.borrow(), [PathBuf::from("/etc/skel")].into());
    let copied: BTreeMap<_, _> = [
        (PathBuf::from("/home/ann/bin"), Entry { owner: (5, 6), ..folder }),
        (PathBuf::from("/home/ann/bin/x"), file("x", 0o755, (5, 6))),
    ]
    .into();
    assert_eq!(inside.changed, copied);
}

#[test]
fn entries_come_out_of_an_archive_as_they_went_in() {
    let entries: BTreeMap<_, _> = [
        (PathBuf::from("/etc/a"), file("x\n", 0o4755, (7, 70_000))),
        (PathBuf::from(format!("/{}", "long/".repeat(40))).join("x"), file("", 0o644, (0, 0))),
        (
            PathBuf::from("/etc/link"),
            Entry { kind: Kind::Link("../a/../b".into()), mode: 0o777, owner: (0, 0) },
        ),
        (PathBuf::from("/home"), Entry { kind: Kind::Folder, mode: 0o755, owner: (0, 0) }),
    ]
    .into();

    let archive = archive::written(&entries, 5).unwrap();

    assert_eq!(archive::read(&archive).unwrap(), entries);
    assert_eq!(archive, archive::written(&entries, 5).unwrap());
}
