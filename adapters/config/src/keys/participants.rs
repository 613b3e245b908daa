//! What the other participants need.

use super::{Key, Kind};

const BUILD_KS: &str = "build_ks";
const DB: &str = "db";
const MAKE_VDI: &str = "make_vdi";
const TESTER: &str = "tester";

const NO_VDI: &str = "this program has no make_vdi yet";
const NO_TESTS: &str = "this program has no test_vm_image yet";

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
    Key::new(MAKE_VDI, "base_dir", Kind::Folder, "where images are").example("/srv/images").unused(NO_VDI),
    Key::new(MAKE_VDI, "base_url", Kind::Address, "how others reach base_dir")
        .example("https://images.example")
        .unused(NO_VDI),
    tester("base_dir", Kind::Folder, "where results go", "/srv/images"),
    tester("base_url", Kind::Address, "how others reach base_dir", "https://images.example"),
    tester("vm_kernel", Kind::File, "kernel the image is booted with", "/home/img/vmlinuz"),
    tester("timeout", Kind::Number("seconds", 0), "how long a command may take", "3600"),
    tester("vm_priv_ssh_key", Kind::File, "private key to log in", "/home/img/.ssh/id_rsa"),
    tester(
        "vm_pub_ssh_key",
        Kind::File,
        "public key that is put into the image",
        "/home/img/.ssh/id_rsa.pub",
    ),
    tester("vg_name", Kind::Text, "volume group of the test disks", "OBS"),
    tester("vm_wait", Kind::Number("seconds", 0), "how long to wait for the machine to answer", "30"),
    tester(
        "testtools_repourl",
        Kind::Address,
        "repository of the test tools",
        "https://repo.example/tools.repo",
    ),
    tester("test_script", Kind::File, "what runs the tests in the image", "/usr/bin/img_test_vm.sh"),
    tester("host_test_script", Kind::File, "what runs the tests from outside", "/usr/bin/img_test_host.sh"),
    tester("test_user", Kind::Text, "who runs the tests", "nemo"),
    tester("device_ip", Kind::Host, "address of the device under test", "127.0.0.1"),
    Key::new(TESTER, "package_manager", Kind::Text, "what installs the tests in the image")
        .example("zypper")
        .old(&[(TESTER, "host_test_package_manager")])
        .unused(NO_TESTS),
    tester("use_base_img", Kind::YesNo, "whether tests start from a base image", "no"),
    tester("host_based_testing", Kind::YesNo, "whether tests run from outside", "no"),
    Key::new(
        "releases",
        "prefix",
        Kind::Text,
        "folder of the releases: an absolute path, or one below [worker] base_dir",
    )
    .otherwise("no name is pointed at a release")
    .example("/srv/releases"),
];

const fn tester(name: &'static str, kind: Kind, meaning: &'static str, example: &'static str) -> Key {
    Key::new(TESTER, name, kind, meaning).example(example).unused(NO_TESTS)
}
