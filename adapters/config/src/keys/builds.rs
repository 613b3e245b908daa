//! What makes images.

use super::{Key, Kind};

const WORKER: &str = "worker";

const MIC: &str = "it is mic's; images are made by dnf, in a user namespace";
const VM: &str = "images are made in a user namespace, not in a virtual machine";

pub(super) const KEYS: &[Key] = &[
    Key::new(WORKER, "base_dir", Kind::Folder, "where images go")
        .otherwise("`images` in the state folder")
        .example("/srv/images"),
    Key::new(WORKER, "base_url", Kind::Address, "how others reach base_dir")
        .otherwise("`file://` and base_dir")
        .example("https://images.example"),
    Key::new(WORKER, "fs_pack", Kind::Text, "how `fs` images are packed: a file name, or its ending")
        .otherwise("`tar.gz`")
        .example("@NAME@.tar.zst"),
    Key::new(WORKER, "timeout", Kind::Number("seconds", 1), "how long a build may take")
        .otherwise("no limit")
        .example("14400"),
    Key::new(
        WORKER,
        "nice",
        Kind::Number("steps", 0),
        "how far builds stand back from the processor, 0 to 19",
    )
    .value("0")
    .example("10"),
    Key::new(
        WORKER,
        "ionice",
        Kind::OneOf(&["normal", "idle"]),
        "whether builds use disks only while nobody else does; not every disk's scheduler heeds it",
    )
    .value("normal")
    .example("idle"),
    Key::new(
        WORKER,
        "builder",
        Kind::OneOf(&["auto", "dnf", "mic", "mic2"]),
        "what makes images; auto is what ict says, where that is installed and use_kvm is off, and dnf elsewhere",
    )
    .value("auto")
    .example("dnf"),
    Key::new(
        WORKER,
        "ict",
        Kind::OneOf(&["mic", "mic2"]),
        "the tool that makes images; where it is missing, dnf does, and says so",
    )
    .example("mic"),
    Key::new(WORKER, "mic_program", Kind::File, "where mic is")
        .otherwise("`/usr/bin/mic`, or `/usr/bin/mic-image-creator` for mic2")
        .example("/opt/mic/bin/mic"),
    Key::new(WORKER, "mic_opts", Kind::List(':'), "options for every call of mic")
        .example("--copy-kernel")
        .unused(MIC),
    Key::new(WORKER, "mic_cachedir", Kind::Folder, "where mic keeps packages, a folder in it for each build at a time")
        .otherwise("`cache/mic` in the state folder")
        .example("/var/tmp/mic/cache")
        .old(&[(WORKER, "mic_cache_dir")]),
    Key::new(WORKER, "use_kvm", Kind::YesNo, "whether images are made in a virtual machine")
        .value("no")
        .example("yes")
        .unused(VM),
    Key::new(WORKER, "use_9p_cache", Kind::YesNo, "whether virtual machines share the cache of their host")
        .value("no")
        .example("yes")
        .unused(VM),
    Key::new(WORKER, "vm_kernel", Kind::File, "kernel the virtual machine boots")
        .example("/home/img/vmlinuz")
        .unused(VM),
    Key::new(WORKER, "vm_ssh_key", Kind::File, "private key to log in to the virtual machine")
        .example("/home/img/id_rsa")
        .unused(VM),
    Key::new(WORKER, "vm_base_img", Kind::File, "image the virtual machine starts from")
        .example("/home/img/base.qcow2")
        .unused(VM),
    Key::new(
        WORKER,
        "vm_wait",
        Kind::Number("seconds", 0),
        "how long to wait for the virtual machine to answer",
    )
    .example("20")
    .unused(VM),
    Key::new(WORKER, "img_tmp", Kind::Folder, "where mic keeps an image while it works on it")
        .otherwise("the folder of the image")
        .example("/var/tmp"),
    Key::new(WORKER, "post_creation", Kind::Text, "script that is run after an image was made")
        .example("/usr/local/bin/sign-image")
        .unused("nothing is run after a build yet; let the process call a participant"),
    Key::new(WORKER, "num_workers", Kind::Number("workers", 0), "workers of the first version")
        .example("2")
        .unused("it is obsolete: [participant] concurrency says how many jobs run at a time"),
];
