//! Real disks are converted and read back.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use disk_converter::HostConverter;
use imaging::testing::{Unwatched, disk_converter_keeps_its_promises};
use imaging::{Conversion, Converted, DiskConverter, Step, VirtualDisk, Watch};
use tokio_util::sync::CancellationToken;

/// The size of the disks: no whole number of heads and cylinders.
const SIZE: u64 = (9 << 20) + 512;

struct Site(tempfile::TempDir);

impl Site {
    /// A folder with the image `web/i/n.raw`.
    fn new() -> Site {
        let site = Site(tempfile::tempdir().unwrap());
        fs::create_dir_all(site.path("web/i")).unwrap();
        let disk = fs::File::create(site.path("web/i/n.raw")).unwrap();
        disk.set_len(SIZE).unwrap();
        disk.write_at(b"the first bytes", 0).unwrap();
        disk.write_at(b"the last bytes", SIZE - 14).unwrap();
        fs::copy(site.path("web/i/n.raw"), site.path("original")).unwrap();
        site
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn converter(&self) -> HostConverter {
        HostConverter::new(self.0.path().into()).with_vboxmanage(None)
    }

    async fn convert(&self, image: &str, form: VirtualDisk) -> Converted {
        let conversion = Conversion { image: image.into(), form };
        self.converter().convert(&conversion, &Unwatched).await.unwrap()
    }

    fn names(&self) -> Vec<String> {
        names(&self.path("web/i"))
    }

    /// Does something to the disk in its folder, by a program.
    fn run(&self, argv: &[&str]) {
        run(&self.path("web/i"), argv);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn run(folder: &Path, argv: &[&str]) -> String {
    #[expect(clippy::disallowed_methods, reason = "other programs read what was written")]
    let output = std::process::Command::new(argv[0]).args(&argv[1..]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{argv:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Unpacks what was made and compares it with the disk it was made from; returns what qemu-img says of it,
/// its files, and how many bytes they have.
fn read_back(site: &Site, made: &Path) -> (String, Vec<String>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = site.path(made.to_str().unwrap());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
    let name = file.file_name().unwrap().to_str().unwrap();
    match name.strip_suffix(".tar.bz2") {
        Some(_) => run(folder.path(), &["tar", "-xf", file.to_str().unwrap()]),
        None => {
            fs::copy(&file, folder.path().join(name)).unwrap();
            run(folder.path(), &["bzip2", "-d", name])
        }
    };
    let files = names(folder.path());
    let disk = name.strip_suffix(".bz2").unwrap().trim_end_matches(".tar");
    // the form is told, since a fixed vhd begins like a raw disk
    let format = match disk.rsplit('.').next() {
        Some("vhd") => "vpc",
        ending => ending.unwrap(),
    };
    let original = site.path("original");
    run(folder.path(), &["qemu-img", "compare", "-f", "raw", "-F", format, original.to_str().unwrap(), disk]);
    let about = run(folder.path(), &["qemu-img", "info", "-f", format, "--output=json", disk]);
    assert!(about.contains(&format!("\"virtual-size\": {SIZE},")), "{about}");
    let bytes = files.iter().map(|file| fs::metadata(folder.path().join(file)).unwrap().len()).sum();
    (about, files, bytes)
}

#[tokio::test]
async fn every_form_has_the_same_bytes_and_is_what_it_is_called() {
    // what qemu-img says of each, and its files
    let rows: [(VirtualDisk, &str, &[&str]); 10] = [
        (VirtualDisk::Vdi, "vdi", &["n.vdi"]),
        (VirtualDisk::VdiFixed, "vdi", &["n.vdi"]),
        (VirtualDisk::Vmdk, "monolithicSparse", &["n.vmdk"]),
        (VirtualDisk::VmdkFixed, "monolithicFlat", &["n-flat.vmdk", "n.vmdk"]),
        (VirtualDisk::VmdkSplit, "twoGbMaxExtentSparse", &["n-s001.vmdk", "n.vmdk"]),
        (VirtualDisk::VmdkSplitFixed, "twoGbMaxExtentFlat", &["n-f001.vmdk", "n.vmdk"]),
        (VirtualDisk::VmdkStream, "streamOptimized", &["n.vmdk"]),
        (VirtualDisk::VmdkEsx, "vmfs", &["n-flat.vmdk", "n.vmdk"]),
        (VirtualDisk::Vhd, "vpc", &["n.vhd"]),
        (VirtualDisk::VhdFixed, "vpc", &["n.vhd"]),
    ];
    assert_eq!(rows.len(), VirtualDisk::all().count());
    for (form, expected, files) in rows {
        let site = Site::new();
        let Converted::Made(made) = site.convert("web/i/n.raw", form).await else { panic!("{form}") };
        let (about, found, bytes) = read_back(&site, &made);
        assert!(about.contains(&format!("\"{expected}\"")), "{form}: {about}");
        assert_eq!(found, files, "{form}");
        let all_there = form.variants().iter().any(|variant| ["Fixed", "ESX"].contains(variant));
        assert_eq!(bytes >= SIZE, all_there, "{form}: {bytes} bytes");
        assert_eq!(site.names().len(), 1, "{form}: {:?}", site.names());
    }
}

#[tokio::test]
async fn a_folder_of_images_keeps_the_promises() {
    let site = Site::new();
    fs::create_dir_all(site.path("a/b")).unwrap();
    fs::rename(site.path("web/i/n.raw"), site.path("a/b/disk.raw")).unwrap();
    symlink("b", site.path("a/link")).unwrap();
    disk_converter_keeps_its_promises(&site.converter(), site.0.path()).await;
}

#[tokio::test]
async fn packed_disks_are_unpacked_first() {
    let rows: [(&[&str], &str); 8] = [
        (&["gzip", "n.raw"], "n.raw.gz"),
        (&["bzip2", "n.raw"], "n.raw.bz2"),
        (&["xz", "n.raw"], "n.raw.xz"),
        (&["zstd", "-q", "--rm", "n.raw"], "n.raw.zst"),
        (&["tar", "--remove-files", "-cjf", "n.tar.bz2", "n.raw"], "n.tar.bz2"),
        (&["tar", "--remove-files", "--zstd", "-cf", "n.tar.zst", "n.raw"], "n.tar.zst"),
        (&["tar", "--remove-files", "-cf", "n.tar", "./n.raw"], "n.tar"),
        (&["zip", "-qm", "n.zip", "n.raw"], "n.zip"),
    ];
    for (pack, name) in rows {
        let site = Site::new();
        site.run(pack);
        assert_eq!(site.names(), [name]);
        let made = site.convert(&format!("web/i/{name}"), VirtualDisk::Vdi).await;
        let Converted::Made(made) = made else { panic!("{name}: {made:?}") };
        assert_eq!(site.names(), ["n.vdi.bz2"], "{name}");
        read_back(&site, &made);
    }
}

#[tokio::test]
async fn what_cannot_be_unpacked_is_left_as_it_is_with_a_sentence() {
    let site = Site::new();
    symlink("../../original", site.path("web/i/p.raw")).unwrap();
    fs::write(site.path("web/i/broken.raw.gz"), "no gzip").unwrap();
    fs::write(site.path("web/i/n.iso"), "other").unwrap();
    site.run(&["tar", "-cf", "link.tar", "p.raw"]);
    site.run(&["tar", "-cf", "two.tar", "n.raw", "p.raw"]);
    site.run(&["tar", "-cf", "none.tar", "n.iso"]);
    let before = site.names();
    for (name, expected) in [
        ("p.raw", "there is no image file"),
        ("broken.raw.gz", "gz"),
        ("n.iso", "n.iso is no raw disk, by its name"),
        ("link.tar", "the disk in it, p.raw, is no file"),
        ("two.tar", "there are 2 disks in it"),
        ("none.tar", "there is no disk in it"),
    ] {
        let Converted::Failed(reason) = site.convert(&format!("web/i/{name}"), VirtualDisk::Vdi).await else {
            panic!("{name}")
        };
        assert!(reason.contains(expected), "{name}: {reason}");
        assert_eq!(site.names(), before, "{name}");
    }
}

#[tokio::test]
async fn what_a_killed_conversion_left_is_taken_away_by_the_next() {
    let site = Site::new();
    let left = site.path("web/i/.n.raw.converting/new");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("n.vdi"), "half").unwrap();
    // killed after the new disk had its name, before the raw one was removed
    fs::write(site.path("web/i/n.vdi.bz2"), "of another time").unwrap();

    let Converted::Made(made) = site.convert("web/i/n.raw", VirtualDisk::Vdi).await else { panic!() };

    assert_eq!(site.names(), ["n.vdi.bz2"]);
    read_back(&site, &made);
}

#[tokio::test]
async fn checksums_and_record_speak_of_the_new_disk() {
    let site = Site::new();
    let release = site.path("web/i/4.5/images/n");
    fs::create_dir_all(&release).unwrap();
    fs::rename(site.path("web/i/n.raw"), release.join("n-4.5.raw")).unwrap();
    fs::write(release.join("n-4.5.ks"), "part /\n").unwrap();
    let lists = "sha256sum n-4.5.ks n-4.5.raw >n-4.5.sha256; md5sum -b n-4.5.ks n-4.5.raw >MANIFEST; chmod 640 MANIFEST";
    run(&release, &["sh", "-c", lists]);
    let record = "{\n  \"image_type\": \"raw\",\n  \"image_file\": \"4.5/images/n/n-4.5.raw\"\n}\n";
    fs::write(site.path("web/i/record.json"), record).unwrap();

    let made = site.convert("web/i/4.5/images/n/n-4.5.raw", VirtualDisk::Vmdk).await;

    assert_eq!(made, Converted::Made("web/i/4.5/images/n/n-4.5.vmdk.bz2".into()));
    assert_eq!(names(&release), ["MANIFEST", "n-4.5.ks", "n-4.5.sha256", "n-4.5.vmdk.bz2"]);
    for check in [["sha256sum", "-c", "n-4.5.sha256"], ["md5sum", "-c", "MANIFEST"]] {
        assert_eq!(run(&release, &check), "n-4.5.ks: OK\nn-4.5.vmdk.bz2: OK\n");
    }
    assert_eq!(fs::metadata(release.join("MANIFEST")).unwrap().permissions().mode() & 0o777, 0o640);
    let told = fs::read_to_string(site.path("web/i/record.json")).unwrap();
    assert_eq!(told, record.replace("n-4.5.raw", "n-4.5.vmdk.bz2"));

    // what is beside it leads nowhere: the text elsewhere stays
    let site = Site::new();
    fs::write(site.path("elsewhere"), "00  n.raw\n").unwrap();
    symlink("../../elsewhere", site.path("web/i/n.sha256")).unwrap();
    let made = site.convert("web/i/n.raw", VirtualDisk::Vdi).await;
    assert_eq!(made, Converted::Made("web/i/n.vdi.bz2".into()));
    assert_eq!(fs::read_to_string(site.path("elsewhere")).unwrap(), "00  n.raw\n");
}

/// Asks for the end of a conversion as soon as it has come to a step.
struct StopAt(&'static str, CancellationToken);

impl Watch for StopAt {
    fn step(&self, step: &Step) {
        if step.name == self.0 {
            self.1.cancel();
        }
    }

    fn stop(&self) -> CancellationToken {
        self.1.clone()
    }
}

#[tokio::test]
async fn a_conversion_that_is_stopped_leaves_the_raw_disk_and_nothing_else() {
    for step in ["converting", "compressing", "computing its checksum"] {
        let site = Site::new();
        let list = "00  n.raw\n";
        fs::write(site.path("web/i/n.sha256"), list).unwrap();
        let conversion = Conversion { image: "web/i/n.raw".into(), form: VirtualDisk::Vdi };
        let watch = StopAt(step, CancellationToken::new());
        let answer = site.converter().convert(&conversion, &watch).await.unwrap();
        assert_eq!(
            (answer, site.names()),
            (Converted::Stopped, vec!["n.raw".into(), "n.sha256".into()]),
            "{step}"
        );
        assert_eq!(fs::read_to_string(site.path("web/i/n.sha256")).unwrap(), list, "{step}");
    }
}

const SMALL: &str = "CONVERTER_TEST_SMALL";

#[tokio::test]
async fn a_disk_that_fills_up_is_said_and_the_raw_one_stays() {
    if let Some(small) = std::env::var_os(SMALL) {
        // this is this test once more, where a small file system can be mounted
        let small = small.into_string().unwrap();
        run(Path::new("/"), &["mount", "-t", "tmpfs", "-o", "size=14m", "none", &small]);
        let site = Site(tempfile::tempdir_in(&small).unwrap());
        fs::create_dir_all(site.path("web/i")).unwrap();
        run(&site.path("web/i"), &["sh", "-c", "head -c 9M /dev/urandom >n.raw"]);
        for form in [VirtualDisk::Vdi, VirtualDisk::VmdkStream, VirtualDisk::VhdFixed] {
            let converted = site.convert("web/i/n.raw", form).await;
            let reason = "the disk the images are on is full: make room, then convert again".to_owned();
            assert_eq!(
                (converted, site.names()),
                (Converted::Failed(reason), vec!["n.raw".into()]),
                "{form}"
            );
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut inside = std::process::Command::new("unshare");
    inside.args(["--map-root-user", "--mount"]).arg(std::env::current_exe().unwrap());
    inside.args(["--exact", "a_disk_that_fills_up_is_said_and_the_raw_one_stays"]).env(SMALL, folder.path());
    #[expect(clippy::disallowed_methods, reason = "a test starts itself")]
    let output = inside.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// VirtualBox itself is no package of Debian: what stands in for it notes how it is called, and copies the disk.
#[tokio::test]
async fn where_virtualbox_is_it_converts() {
    let site = Site::new();
    let program = site.path("stand-in-VBoxManage");
    let noted = site.path("noted");
    let script =
        format!("#!/bin/sh\necho \"$1 $3 $4 $5 $6 $7\" > {}\ncat \"$2\" > \"$3\"\n", noted.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let converter = site.converter().with_vboxmanage(Some(program));
    let conversion = Conversion { image: "web/i/n.raw".into(), form: VirtualDisk::VhdFixed };

    let made = converter.convert(&conversion, &Unwatched).await.unwrap();

    assert_eq!(made, Converted::Made("web/i/n.vhd.bz2".into()));
    let expected = "convertfromraw ./new/n.vhd --format VHD --variant Fixed\n";
    assert_eq!(fs::read_to_string(noted).unwrap(), expected);
    site.run(&["bzip2", "-d", "n.vhd.bz2"]);
    assert_eq!(fs::read(site.path("web/i/n.vhd")).unwrap(), fs::read(site.path("original")).unwrap());
}
