//! What the other participants need.

use super::{Key, Kind};

const BUILD_KS: &str = "build_ks";
const DB: &str = "db";
const MAKE_VDI: &str = "make_vdi";
const TESTER: &str = "tester";

const NO_KEY: &str = "nothing is put into an image that is tested: have its kickstart do it, by `sshkey`";
const NO_LVM: &str = "tests write to an overlay of the image, which needs no volume group and no other image";
const NO_DEVICE: &str = "tests run in the image, in a virtual machine of this host";

pub(super) const KEYS: &[Key] = &[
    Key::new(
        BUILD_KS,
        "ksstore",
        Kind::Folder,
        "folder of the kickstarts `image.ksfile` names, and of the YAML of `image.kickstarter`",
    )
    .otherwise("kickstarts come in the workitem only")
    .example("/srv/kickstarts"),
    Key::new(BUILD_KS, "reposerver", Kind::Address, "where the repositories of projects are")
        .otherwise("no project's repositories can be added")
        .example("https://repo.example/")
        .old(&[("worker", "reposerver")]),
    Key::new(
        "obs",
        "oscrc",
        Kind::File,
        "file with the Open Build Services and how to log in, as osc has it; mode 0600",
    )
    .otherwise("no Open Build Service is asked")
    .example("/etc/skynet/oscrc"),
    Key::new("request_image", "username", Kind::Text, "who asks, where the workitem does not say")
        .otherwise("who runs the program")
        .example("release-team"),
    Key::new(
        DB,
        "db_engine",
        Kind::Text,
        "the database of the jobs: `postgresql` or `sqlite3`, also as Django writes them",
    )
    .value("sqlite3")
    .example("postgresql"),
    Key::new(DB, "db_name", Kind::Text, "the database")
        .otherwise("mandatory with PostgreSQL")
        .example("imgdb"),
    Key::new(DB, "db_user", Kind::Text, "whom PostgreSQL knows us as")
        .otherwise("mandatory with PostgreSQL")
        .example("img"),
    Key::new(DB, "db_pass", Kind::Secret, "the password of db_user").otherwise("mandatory with PostgreSQL"),
    Key::new(DB, "db_host", Kind::Host, "the host of PostgreSQL")
        .value("localhost")
        .example("db.example:5432"),
    Key::new(MAKE_VDI, "base_dir", Kind::Folder, "where images are")
        .otherwise("[worker] base_dir")
        .example("/srv/images"),
    Key::new(MAKE_VDI, "base_url", Kind::Address, "how others reach base_dir")
        .otherwise("[worker] base_url, or `file://` and base_dir")
        .example("https://images.example"),
    Key::new(TESTER, "base_dir", Kind::Folder, "where images are, and results go")
        .otherwise("[worker] base_dir")
        .example("/srv/images"),
    Key::new(TESTER, "base_url", Kind::Address, "how others reach base_dir")
        .otherwise("[worker] base_url, or `file://` and base_dir")
        .example("https://images.example"),
    Key::new(TESTER, "test_script", Kind::File, "what runs the tests in the image: a script for its `sh`")
        .otherwise("no image can be tested")
        .example("/etc/skynet/tests.sh"),
    Key::new(TESTER, "test_user", Kind::Text, "who runs the tests").value("root").example("nemo"),
    Key::new(TESTER, "test_pass", Kind::Secret, "the password by which the serial console lets test_user in")
        .otherwise("it asks for none"),
    Key::new(
        TESTER,
        "vm_priv_ssh_key",
        Kind::File,
        "private key by which ssh lets test_user in; the kickstart puts the public one into the image, by `sshkey`",
    )
    .otherwise("tests run on the serial console")
    .example("/home/img/.ssh/id_rsa"),
    Key::new(
        TESTER,
        "vm_kernel",
        Kind::File,
        "kernel the image is booted with; it has to find the root by itself, on the first partition of a raw disk",
    )
    .otherwise("the boot loader of the image")
    .example("/home/img/vmlinuz"),
    Key::new(TESTER, "vm_wait", Kind::Number("seconds", 1), "how long to wait for the machine to answer")
        .value("180")
        .example("30"),
    Key::new(
        TESTER,
        "vm_accel",
        Kind::OneOf(&["auto", "kvm", "tcg"]),
        "whether the processor of the machine is real: kvm, or emulated, which works anywhere; auto is kvm where that works",
    )
    .value("auto")
    .example("tcg"),
    Key::new(TESTER, "timeout", Kind::Number("seconds", 1), "how long a whole test may take")
        .value("3600")
        .example("3600"),
    Key::new(TESTER, "package_manager", Kind::OneOf(&["zypper", "dnf"]), "what installs `qa.selected_test_packages` in the image")
        .value("zypper")
        .example("dnf")
        .old(&[(TESTER, "host_test_package_manager")]),
    Key::new(TESTER, "testtools_repourl", Kind::Address, "repository the image gets for those packages")
        .example("https://repo.example/tools/"),
    no_more("vm_pub_ssh_key", Kind::File, "public key that is put into the image", "/home/img/.ssh/id_rsa.pub", NO_KEY),
    no_more("vg_name", Kind::Text, "volume group of the test disks", "OBS", NO_LVM),
    no_more("use_base_img", Kind::YesNo, "whether tests start from a base image", "no", NO_LVM),
    no_more("device_ip", Kind::Host, "address of the device under test", "127.0.0.1", NO_DEVICE),
    no_more("host_based_testing", Kind::YesNo, "whether tests run from outside", "no", NO_DEVICE),
    no_more("host_test_script", Kind::File, "what runs the tests from outside", "/usr/bin/img_test_host.sh", NO_DEVICE),
    Key::new(
        "releases",
        "prefix",
        Kind::Text,
        "folder of the releases: an absolute path, or one below [worker] base_dir",
    )
    .otherwise("no name is pointed at a release")
    .example("/srv/releases"),
];

const fn no_more(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    example: &'static str,
    why: &'static str,
) -> Key {
    Key::new(TESTER, name, kind, meaning).example(example).unused(why)
}
