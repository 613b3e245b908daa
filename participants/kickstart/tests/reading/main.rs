//! What a kickstart means, as types.

mod odd;
mod sources;

use img_kickstart::{
    Bootloader, Btrfs, Desktop, Firewall, Keyboard, Kickstart, Lang, Named, Network, Partition, RootPassword,
    Script, ScriptKind, Secret, Selinux, SelinuxMode, Services, SshKey, Timezone, User, UserGroup, XConfig,
    check,
};

const WHOLE: &str = r#"# -*-mic2-options-*- -f raw -*-mic2-options-*-
lang de_DE.UTF-8 --addsupport=en_US,fr_FR
keyboard de
timezone --utc Europe/Berlin
rootpw --iscrypted $6$salt$hash
user --name guest --groups audio,video --password 'a b' --uid=1001 --shell /bin/sh --gecos "A Guest"
group --name=radio --gid=700
sshkey --username=root "ssh-ed25519 AAAA me@here"
bootloader --timeout=0 --append="quiet splash" --ptable=gpt --menus="a:b:c"
part / --size 1500 --ondisk sda --fstype=ext4 --label=main --align=4 --active --fsoptions="noatime,ro"
part swap --size=512 --part-type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
partition /home --grow --maxsize=4000 --size=10 --uuid=1234 --extoptions "-O x" --usepart=sda3
repo --name=oss --baseurl=http://repo/@ARCH@ --save --debuginfo --source --gpgkey=file:///k --ssl_verify=no
repo --name=more --mirrorlist=http://m --priority=7 --cost=-3 --includepkgs=a,b --excludepkgs=c --disable --proxy=http://p --proxyuser=u --proxypasswd=s
services --enabled=sshd,cron --disabled lp
services --enabled=dbus
network --device=eth0 --hostname=box --bootproto=static --ip=1.2.3.4 --nameserver=9.9.9.9,8.8.8.8 --onboot=no
firewall --enabled --ssh --port=80:tcp,53:udp --service=mdns
selinux --permissive
desktop --autologinuser=guest --defaultdesktop=xfce --session="/usr/bin/x y"
xconfig --startxonboot

%packages --excludedocs --nocore --inst-langs=en:de
@core # the base
@Base System --optional
kernel
-vim*
nano
nano
-@games
@^minimal
-nano
%end
%packages --ignoremissing
vim*
%end
%prepackages
filesystem # first
%end
%attachment
/boot/vmlinuz*
kernel
%end
%post --erroronfail --interpreter /bin/bash --log=/root/log
echo "a" #b
%end
%post --nochroot
%end
%pack
cd $IMG_OUT_DIR
%end
%pre
"#;

fn named(name: &str, line: usize) -> Named {
    Named { name: name.to_owned(), line }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn only_the_missing_end_is_wrong_with_it() {
    let found: Vec<_> = check(&Kickstart::parse(WHOLE)).iter().map(|found| found.one_line("x")).collect();

    assert_eq!(found, ["x:52:1: error: `%pre` has no `%end`"]);
}

#[test]
fn partitions_are_read() {
    let root = Partition {
        line: 10,
        mount_point: "/".into(),
        size: Some(1500),
        ondisk: some("sda"),
        fstype: some("ext4"),
        label: some("main"),
        align: Some(4),
        active: true,
        fsoptions: some("noatime,ro"),
        ..Partition::default()
    };
    let swap = Partition {
        line: 11,
        mount_point: "swap".into(),
        size: Some(512),
        part_type: some("0657FD6D-A4AB-43C4-84E5-0933C84B4F4F"),
        ..Partition::default()
    };
    let home = Partition {
        line: 12,
        mount_point: "/home".into(),
        size: Some(10),
        maxsize: Some(4000),
        grow: true,
        uuid: some("1234"),
        mkfs_options: some("-O x"), // a blank makes it a value
        onpart: some("sda3"),
        ..Partition::default()
    };

    assert_eq!(Kickstart::parse(WHOLE).partitions(), [root, swap, home]);
}

#[test]
fn btrfs_lines_are_volumes_and_subvolumes() {
    let text =
        "btrfs none --label=sys btrfs.01 btrfs.02\nbtrfs /home --subvol --name=home LABEL=sys\nbtrfs\n";

    let volume = Btrfs {
        line: 1,
        mount_point: None,
        of: vec!["btrfs.01".into(), "btrfs.02".into()],
        label: some("sys"),
        ..Btrfs::default()
    };
    let home = Btrfs {
        line: 2,
        mount_point: some("/home"),
        of: vec!["LABEL=sys".into()],
        subvol: true,
        name: some("home"),
        ..Btrfs::default()
    };
    assert_eq!(Kickstart::parse(text).btrfs(), [volume, home]);
}

#[test]
fn scripts_keep_their_text() {
    let script = |kind, line, text: &str| Script {
        line,
        kind,
        interpreter: None,
        nochroot: false,
        erroronfail: false,
        log: None,
        text: text.into(),
    };
    let expected = [
        Script {
            interpreter: some("/bin/bash"),
            erroronfail: true,
            log: some("/root/log"),
            ..script(ScriptKind::Post, 44, "echo \"a\" #b\n")
        },
        Script { nochroot: true, ..script(ScriptKind::Post, 47, "") },
        script(ScriptKind::Pack, 49, "cd $IMG_OUT_DIR\n"),
        script(ScriptKind::Pre, 52, ""),
    ];

    assert_eq!(Kickstart::parse(WHOLE).scripts(), expected);
}

#[test]
fn people_are_read() {
    let ks = Kickstart::parse(WHOLE);
    let root = RootPassword {
        line: 5,
        password: Some(Secret::new("$6$salt$hash")),
        iscrypted: true,
        ..RootPassword::default()
    };
    let guest = User {
        line: 6,
        name: "guest".into(),
        groups: texts(&["audio", "video"]),
        password: Some(Secret::new("a b")),
        uid: Some(1001),
        shell: some("/bin/sh"),
        gecos: some("A Guest"),
        ..User::default()
    };

    assert_eq!(ks.rootpw(), Some(root));
    assert_eq!(ks.users(), [guest]);
    assert_eq!(ks.groups(), [UserGroup { line: 7, name: "radio".into(), gid: Some(700) }]);
    let key = SshKey { line: 8, username: "root".into(), key: "ssh-ed25519 AAAA me@here".into() };
    assert_eq!(ks.sshkeys(), [key]);
}

#[test]
fn the_rest_of_the_system_is_read() {
    let ks = Kickstart::parse(WHOLE);
    let lang = Lang { line: 2, lang: "de_DE.UTF-8".into(), addsupport: texts(&["en_US", "fr_FR"]) };
    let timezone = Timezone { line: 4, timezone: "Europe/Berlin".into(), utc: true, ..Timezone::default() };
    let bootloader = Bootloader {
        line: 9,
        append: some("quiet splash"),
        timeout: Some(0),
        ptable: some("gpt"),
        menus: some("a:b:c"),
        ..Bootloader::default()
    };
    let network = Network {
        line: 17,
        hostname: some("box"),
        device: some("eth0"),
        bootproto: some("static"),
        ip: some("1.2.3.4"),
        nameserver: texts(&["9.9.9.9", "8.8.8.8"]),
        onboot: false,
        ..Network::default()
    };
    let firewall = Firewall {
        line: 18,
        enabled: true,
        services: texts(&["mdns", "ssh"]),
        ports: texts(&["80:tcp", "53:udp"]),
        trust: vec![],
    };
    let desktop = Desktop {
        line: 20,
        autologinuser: some("guest"),
        defaultdesktop: some("xfce"),
        session: some("/usr/bin/x y"),
        defaultdm: None,
    };
    let services = Services {
        enabled: vec![named("sshd", 15), named("cron", 15), named("dbus", 16)],
        disabled: vec![named("lp", 15)],
    };

    assert_eq!(ks.lang(), Some(lang));
    assert_eq!(ks.keyboard(), Some(Keyboard { line: 3, keymap: some("de"), ..Keyboard::default() }));
    assert_eq!(ks.timezone(), Some(timezone));
    assert_eq!(ks.bootloader(), Some(bootloader));
    assert_eq!(ks.network(), [network]);
    assert_eq!(ks.firewall(), Some(firewall));
    assert_eq!(ks.selinux(), Some(Selinux { line: 19, mode: SelinuxMode::Permissive }));
    assert_eq!(ks.desktop(), Some(desktop));
    assert_eq!(ks.xconfig(), Some(XConfig { line: 21, startxonboot: true, defaultdesktop: None }));
    assert_eq!(ks.services(), services);
}
