//! Commands that are told to programs of the image: each in an image that has such a program, read there.
//!
//! A `%pre` script puts the files into the image by which such a program is known, as its package would.

use crate::support::{self, Ext, Scene};

/// Builds an image that has some files before its packages; returns it with the warnings.
pub(crate) async fn built(files: &[(&str, &str)], lines: &str) -> (Scene, Ext, Vec<String>) {
    let mut kickstart =
        format!("REPO\n{lines}\n%packages\nbusybox\nsetup\n%end\n%pre --erroronfail\ncd $INSTALL_ROOT\n");
    for (path, text) in files {
        let folder = path.rsplit_once('/').unwrap().0;
        kickstart.push_str(&format!("mkdir -p .{folder}\ncat >.{path} <<'EOF'\n{text}EOF\n"));
    }
    kickstart.push_str("%end\n");
    support::built(&kickstart).await
}

pub(crate) const NONE: Vec<String> = Vec::new();
pub(crate) const UNIT: &str = "[Install]\nWantedBy=multi-user.target\n";
const ZONE: &str =
    "<zone>\n  <short>Public</short>\n  <service name=\"ssh\"/>\n  <service name=\"cockpit\"/>\n</zone>\n";

#[tokio::test]
async fn a_firewall_is_that_of_the_image() {
    let line = "firewall --enabled --http --service=dhcp,nosuch --remove-service=cockpit --port=8080:tcp,6000-6010:udp \
                --trust=eth1";
    let firewalld = [
        ("/etc/firewalld/firewalld.conf", "# x\nDefaultZone=work\n"),
        ("/usr/lib/firewalld/zones/work.xml", ZONE),
        ("/usr/lib/firewalld/services/http.xml", "<service/>\n"),
        ("/usr/lib/firewalld/services/dhcp.xml", "<service/>\n"),
        ("/usr/lib/systemd/system/firewalld.service", UNIT),
    ];
    let (_scene, image, warnings) = built(&firewalld, line).await;
    assert_eq!(warnings, ["line 2: the firewalld of the image knows no service nosuch"]);
    assert_eq!(
        image.read("/etc/firewalld/zones/work.xml"),
        "<zone>\n  <short>Public</short>\n  <service name=\"ssh\"/>\n  <service name=\"dhcp\"/>\n  <service name=\"http\"/>\n  \
         <port port=\"8080\" protocol=\"tcp\"/>\n  <port port=\"6000-6010\" protocol=\"udp\"/>\n</zone>\n"
    );
    assert!(image.read("/etc/firewalld/zones/trusted.xml").contains("  <interface name=\"eth1\"/>\n</zone>"));
    assert!(image.has("/etc/systemd/system/multi-user.target.wants/firewalld.service"));

    let iptables = [
        ("/etc/services", "ssh 22/tcp\nhttp 80/tcp\ndhcp 1067/tcp\n"),
        ("/usr/lib/systemd/system/iptables.service", UNIT),
        ("/usr/lib/systemd/system/ip6tables.service", UNIT),
    ];
    let (_scene, image, warnings) = built(&iptables, line).await;
    assert_eq!(warnings, ["line 2: nobody knows the port of nosuch"]);
    let rules = image.read("/etc/sysconfig/iptables");
    let opened: Vec<_> =
        rules.lines().filter(|line| line.contains("--dport") || line.contains("eth1")).collect();
    assert_eq!(
        opened,
        [
            "-A INPUT -i eth1 -j ACCEPT",
            "-A INPUT -m state --state NEW -m tcp -p tcp --dport 1067 -j ACCEPT",
            "-A INPUT -m state --state NEW -m tcp -p tcp --dport 80 -j ACCEPT",
            "-A INPUT -m state --state NEW -m tcp -p tcp --dport 8080 -j ACCEPT",
            "-A INPUT -m state --state NEW -m udp -p udp --dport 6000:6010 -j ACCEPT",
        ]
    );
    assert!(image.read("/etc/sysconfig/ip6tables").contains("-p ipv6-icmp -j ACCEPT"));
    assert_eq!(image.stat("/etc/sysconfig/iptables"), "0600 0 0");

    let enabled = [
        ("/etc/systemd/system/multi-user.target.wants/a", ""),
        ("/usr/lib/firewalld/zones/public.xml", ZONE),
    ];
    let (_scene, image, warnings) = built(&enabled, "firewall --enabled --use-system-defaults").await;
    assert_eq!((warnings, image.has("/etc/firewalld/zones/public.xml")), (NONE, false));
    let (_scene, _, warnings) = built(&[], "firewall --enabled").await;
    assert_eq!(
        warnings,
        ["line 2: the image has no firewall; a package such as firewalld or iptables-services brings one"]
    );
    let (_scene, image, warnings) = built(&firewalld, "firewall --disabled").await;
    assert_eq!((warnings, image.has("/etc/firewalld/zones/work.xml")), (NONE, false));
}

#[tokio::test]
async fn keys_belong_to_their_users() {
    let lines = "sshkey --username=root \"ssh-ed25519 AAAA root@box\"\nuser --name=ann --uid=1100 --gid=1100\n\
                 sshkey --username=ann \"ssh-ed25519 BBBB one\"\nsshkey --username=ann \"ssh-ed25519 CCCC two\"\n\
                 sshkey --username=nobody-there \"ssh-ed25519 DDDD\"\nrootpw --allow-ssh x";
    let sshd = [("/etc/ssh/sshd_config", "PermitRootLogin no\n")];
    let (_scene, image, warnings) = built(&sshd, lines).await;

    assert_eq!(warnings, ["line 6: the image has no user nobody-there for a key"]);
    assert_eq!(image.read("/root/.ssh/authorized_keys"), "ssh-ed25519 AAAA root@box\n");
    assert_eq!(image.stat("/root/.ssh/authorized_keys"), "0600 0 0");
    let keys = "/home/ann/.ssh/authorized_keys";
    assert_eq!(image.read(keys), "ssh-ed25519 BBBB one\nssh-ed25519 CCCC two\n");
    assert_eq!(
        (image.stat(keys), image.stat("/home/ann/.ssh")),
        ("0600 1100 1100".into(), "0700 1100 1100".into())
    );
    assert_eq!(image.read("/etc/ssh/sshd_config"), "PermitRootLogin yes\nPermitRootLogin no\n");

    let including = [("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n")];
    let (_scene, image, _) = built(&including, "rootpw --allow-ssh x").await;
    assert_eq!(image.read("/etc/ssh/sshd_config.d/01-permitrootlogin.conf"), "PermitRootLogin yes\n");
    let (_scene, _, warnings) = built(&[], "rootpw --allow-ssh x").await;
    assert_eq!(warnings, ["line 2: --allow-ssh has no effect: the image has no /etc/ssh/sshd_config"]);
}

#[tokio::test]
async fn selinux_does_what_the_line_says() {
    let config = [("/etc/selinux/config", "# SELINUX=\nSELINUX=enforcing\nSELINUXTYPE=targeted\n")];
    for (line, mode) in
        [("--permissive", "permissive"), ("--disabled", "disabled"), ("--enforcing", "enforcing")]
    {
        let (_scene, image, warnings) = built(&config, &format!("selinux {line}")).await;
        let text = format!("# SELINUX=\nSELINUX={mode}\nSELINUXTYPE=targeted\n");
        assert_eq!((image.read("/etc/selinux/config"), warnings), (text, NONE));
    }
    let (_scene, _, warnings) = built(&[], "selinux --enforcing").await;
    assert_eq!(
        warnings,
        [
            "line 2: the image has no SELinux: /etc/selinux/config is missing, which a package such as selinux-policy brings"
        ]
    );
}

#[tokio::test]
async fn the_desktop_is_told_to_whatever_shows_it() {
    let managers = [
        ("/etc/gdm/custom.conf", "[daemon]\n# x\n[security]\n"),
        ("/etc/lightdm/lightdm.conf", ""),
        ("/usr/bin/sddm", ""),
        ("/etc/sysconfig/uxlaunch", "user=old\n"),
        ("/usr/lib/systemd/system/graphical.target", ""),
        ("/usr/lib/systemd/system/multi-user.target", ""),
    ];
    let lines = "desktop --defaultdesktop=GNOME --defaultdm=GDM --autologinuser=ann --session=plasma\n\
                 xconfig --startxonboot\nkeyboard --xlayouts=\"us,cz (qwerty)\" --switch=grp:alt_shift_toggle";
    let (_scene, image, warnings) = built(&managers, lines).await;
    assert_eq!(warnings, NONE);
    for (path, text) in [
        ("/etc/sysconfig/desktop", "DESKTOP=GNOME\nDISPLAYMANAGER=GDM\nAUTOLOGIN_USER=ann\n"),
        (
            "/etc/gdm/custom.conf",
            "[daemon]\nAutomaticLoginEnable=True\nAutomaticLogin=ann\n# x\n[security]\n",
        ),
        ("/etc/skel/.dmrc", "[Desktop]\nSession=plasma\n"),
        (
            "/etc/lightdm/lightdm.conf.d/50-autologin.conf",
            "[Seat:*]\nautologin-user=ann\nautologin-session=plasma\n",
        ),
        ("/etc/sddm.conf.d/autologin.conf", "[Autologin]\nUser=ann\nSession=plasma\n"),
        ("/etc/sysconfig/uxlaunch", "user=ann\nsession=plasma\n"),
        (
            "/etc/X11/xorg.conf.d/00-keyboard.conf",
            "Section \"InputClass\"\n        Identifier \"system-keyboard\"\n        MatchIsKeyboard \"on\"\n        \
             Option \"XkbLayout\" \"us,cz\"\n        Option \"XkbVariant\" \",qwerty\"\n        \
             Option \"XkbOptions\" \"grp:alt_shift_toggle\"\nEndSection\n",
        ),
    ] {
        assert_eq!(image.read(path), text, "{path}");
    }
    let target = image.link("/etc/systemd/system/default.target");
    assert_eq!(target, "/usr/lib/systemd/system/graphical.target");

    let (_scene, image, warnings) = built(&managers, "skipx\nxconfig --defaultdesktop=KDE").await;
    assert_eq!((warnings, image.read("/etc/sysconfig/desktop")), (NONE, "DESKTOP=KDE\n".into()));
    let target = image.link("/etc/systemd/system/default.target");
    assert_eq!(target, "/usr/lib/systemd/system/multi-user.target");

    let old = [("/etc/inittab", "id:3:initdefault:\nsi::sysinit:/x\n")];
    let (_scene, image, _) = built(&old, "xconfig --startxonboot").await;
    assert_eq!(image.read("/etc/inittab"), "id:5:initdefault:\nsi::sysinit:/x\n");

    let (_scene, _, warnings) =
        built(&[], "desktop --autologinuser=ann\nxconfig --startxonboot\nskipx").await;
    assert_eq!(
        warnings,
        [
            "line 4: `skipx` has no effect: line 3 says --startxonboot",
            "line 3: the image has no graphical.target to start with",
            "line 2: the image has no gdm, lightdm, sddm or uxlaunch that logs anybody in",
        ]
    );
}

#[tokio::test]
async fn the_first_start_asks_or_does_not() {
    let setup = [("/usr/lib/systemd/system/initial-setup.service", UNIT), ("/etc/sysconfig/x", "")];
    let link = "/etc/systemd/system/multi-user.target.wants/initial-setup.service";
    for (option, text, enabled, again) in [
        ("--enabled", "RUN_FIRSTBOOT=YES\n", true, false),
        ("--reconfig", "RUN_FIRSTBOOT=YES\n", true, true),
        ("--disabled", "RUN_FIRSTBOOT=NO\n", false, false),
    ] {
        let (_scene, image, warnings) = built(&setup, &format!("firstboot {option}")).await;
        assert_eq!((image.read("/etc/sysconfig/firstboot"), warnings), (text.into(), NONE));
        assert_eq!((image.has(link), image.has("/etc/reconfigSys")), (enabled, again), "{option}");
    }
    let (_scene, _, warnings) = built(&[], "firstboot --enabled").await;
    assert_eq!(warnings, ["line 2: the image has no initial-setup or firstboot to run at its first start"]);
}

#[tokio::test]
async fn who_somebody_is_is_told_to_a_program_of_the_image() {
    let program = "#!/bin/sh\nprintf '%s;' \"$@\" >>/told\n";
    let programs = [("/usr/sbin/authconfig", program), ("/usr/bin/authselect", program)];
    let lines = "auth --old\nauthconfig --enableshadow '--passalgo=$(id) sha512'\nauthselect select sssd with-mkhomedir\n\
                 %pre\numask 0\nmkdir -p $INSTALL_ROOT/usr/sbin $INSTALL_ROOT/usr/bin\n\
                 for one in sbin/authconfig bin/authselect; do >$INSTALL_ROOT/usr/$one; chmod 0755 $INSTALL_ROOT/usr/$one; done\n%end";
    let (_scene, image, warnings) = built(&programs, lines).await;
    assert_eq!(warnings, ["line 2: `authconfig` has no effect: line 3 says it again"]);
    assert_eq!(
        image.read("/told"),
        "--enableshadow;--passalgo=$(id) sha512;--update;--nostart;select;sssd;with-mkhomedir;--force;"
    );

    let failing = [("/usr/sbin/authconfig", "#!/bin/sh\nexit 3\n")];
    let (_scene, _, warnings) =
        built(&failing, &format!("{lines}\n%pre\nrm $INSTALL_ROOT/usr/bin/authselect\n%end")).await;
    assert_eq!(
        warnings,
        [
            "line 2: `authconfig` has no effect: line 3 says it again",
            "line 3: /usr/sbin/authconfig ended with exit status 3; the log says what it printed",
            "line 4: the image has no /usr/bin/authselect"
        ]
    );
}
