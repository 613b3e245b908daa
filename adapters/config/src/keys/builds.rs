//! What makes images.

use super::{Key, Kind};

const WORKER: &str = "worker";

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
    Key::new(WORKER, "nice", Kind::Between("steps", 0, 19), "how far builds stand back from the processor")
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
    Key::new(WORKER, "keep_free", Kind::Size, "what stays free on the disk below base_dir, whatever builds want")
        .value("1 GB")
        .example("20 GB"),
    Key::new(WORKER, "disk_limit", Kind::Size, "what one build may take of the disk, its image included")
        .otherwise("no limit")
        .example("50 GB"),
    Key::new(WORKER, "memory_limit", Kind::Size, "what one build may take of the memory, all its processes together")
        .otherwise("no limit")
        .example("4 GB"),
    Key::new(
        WORKER,
        "work_memory",
        Kind::Between("percent", 0, 100),
        "how much of the free memory the files of one build may take while it runs; what does not fit is on the disk",
    )
    .value("50")
    .example("0"),
    Key::new(WORKER, "cpu_limit", Kind::Cores, "how many processors one build may keep busy")
        .otherwise("no limit")
        .example("1.5"),
    Key::new(WORKER, "process_limit", Kind::Number("processes", 0), "how many processes and threads one build may have")
        .otherwise("no limit")
        .example("2000"),
    Key::new(
        WORKER,
        "scripts_network",
        Kind::OneOf(&["none", "outside", "host"]),
        "what the scripts of a kickstart reach: nothing, other machines but not this one, or what this machine does",
    )
    .value("outside")
    .example("none"),
    Key::new(WORKER, "closed_networks", Kind::Ipv4Networks, "what scripts do not reach outside either")
        .example("10.0.0.0/8, 192.168.0.0/16"),
    Key::new(
        WORKER,
        "local_sources",
        Kind::List(','),
        "beginnings of addresses of this machine that kickstarts may name, or `all`; none else, neither `file:` nor loopback",
    )
    .example("file:///srv/repo, http://127.0.0.1:8080/"),
    Key::new(
        WORKER,
        "builder",
        Kind::OneOf(&["auto", "dnf", "mic", "mic2"]),
        "what makes images; auto is what ict says, where that is installed (with use_kvm: where there is a base image), and dnf elsewhere",
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
    Key::new(
        WORKER,
        "mic_opts",
        Kind::List(':'),
        "options for every build, after those of its workitem; docs/building.md has a table of them",
    )
    .example("--copy-kernel"),
    Key::new(WORKER, "mic_cachedir", Kind::Folder, "where mic keeps packages, a folder in it for each build at a time")
        .otherwise("`cache/mic` in the state folder")
        .example("/var/tmp/mic/cache")
        .old(&[(WORKER, "mic_cache_dir")]),
    Key::new(WORKER, "use_kvm", Kind::YesNo, "whether mic makes each image in a virtual machine of its own")
        .value("no")
        .example("yes"),
    Key::new(WORKER, "use_9p_cache", Kind::YesNo, "whether virtual machines keep packages in the cache of their host")
        .value("no")
        .example("yes"),
    Key::new(WORKER, "vm_kernel", Kind::File, "kernel the virtual machine boots, with the base image as its root file system")
        .otherwise("what the base image boots by itself")
        .example("/home/img/vmlinuz"),
    Key::new(WORKER, "vm_ssh_key", Kind::File, "private key to log in to the virtual machine, for its owner only (chmod 600)")
        .otherwise("`vm/id_ed25519` in the state folder")
        .example("/home/img/id_rsa"),
    Key::new(WORKER, "vm_base_img", Kind::File, "image the virtual machine starts from")
        .otherwise("`vm/base.qcow2` in the state folder")
        .example("/home/img/base.qcow2"),
    Key::new(
        WORKER,
        "vm_snapshot",
        Kind::Size,
        "room for what a virtual machine writes, in a snapshot of vm_base_img, which is a volume (LVM) then; never run with a real LVM",
    )
    .otherwise("an overlay beside the image")
    .example("10 GB"),
    Key::new(
        WORKER,
        "vm_wait",
        Kind::Number("seconds", 0),
        "how long to wait for the virtual machine to answer",
    )
    .example("20")
    .value("120"),
    Key::new(
        WORKER,
        "vm_accel",
        Kind::OneOf(&["auto", "kvm", "tcg"]),
        "whether the processors of the virtual machine are real; auto is kvm where that works, and tcg, which is slow, elsewhere",
    )
    .value("auto")
    .example("kvm"),
    Key::new(WORKER, "img_tmp", Kind::Folder, "where mic keeps an image while it works on it")
        .otherwise("the folder of the image")
        .example("/var/tmp"),
    Key::new(
        WORKER,
        "post_creation",
        Kind::File,
        "program that is run when an image is made, before it is published; a build fails when it does",
    )
    .example("/usr/local/bin/sign-image"),
    Key::new(WORKER, "num_workers", Kind::Number("workers", 0), "workers of the first version")
        .example("2")
        .unused("it is obsolete: [participant] concurrency says how many jobs run at a time"),
];
