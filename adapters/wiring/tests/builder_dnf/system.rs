//! Commands that are told to programs of the image: each in an image that has such a program, read there.
//!
//! A `%pre` script puts the files into the image by which such a program is known, as its package would.

use crate::support::{self, Ext, Scene};

/// Builds an image that has some files before its packages; returns it with the warnings.
async fn built(files: &[(&str, &str)], lines: &str) -> (Scene, Ext, Vec<String>) {
    let mut kickstart =
        format!("REPO\n{lines}\n%packages\nbusybox\nsetup\n%end\n%pre --erroronfail\ncd $INSTALL_ROOT\n");
    for (path, text) in files {
        let folder = path.rsplit_once('/').unwrap().0;
        kickstart.push_str(&format!("mkdir -p .{folder}\ncat >.{path} <<'EOF'\n{text}EOF\n"));
    }
    kickstart.push_str("%end\n");
    support::built(&kickstart).await
}

const NONE: Vec<String> = Vec::new();
const UNIT: &str = "[Install]\nWantedBy=multi-user.target\n";
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

const NETWORK: &str = "network --device=eth0 --bootproto=static --ip=10.0.0.2 --netmask=255.255.240.0 --gateway=10.0.0.1 \
                       --nameserver=10.0.0.3,fd00::3 --mtu=1400 --ipv6=fd00::2/48 --ipv6gateway=fd00::1 \
                       --ipv4-dns-search=a.example --ipv6-dns-search=b.example\n\
                       network --device=aa:BB:cc:00:11:22 --onboot=no --noipv6 --nodefroute --ipv4-ignore-auto-dns\n\
                       network --bootproto=dhcp --ipv6=dhcp\nnetwork --device=eth2 --noipv4 --ipv6=auto --nodns\n\
                       network --device=../x --ipv6-ignore-auto-dns";

#[tokio::test]
async fn a_network_device_is_set_up_for_what_the_image_has() {
    let odd = "line 6: `network`: --device=../x is no name of a network device, as eth0 is";
    let manager = [
        ("/etc/NetworkManager/NetworkManager.conf", ""),
        ("/etc/sysconfig/network-scripts/ifup", ""),
        ("/usr/lib/systemd/system/NetworkManager.service", UNIT),
    ];
    let (_scene, image, warnings) = built(&manager, NETWORK).await;
    assert_eq!(warnings, [odd]);
    let folder = "/etc/NetworkManager/system-connections";
    let text = image.read(&format!("{folder}/eth0.nmconnection"));
    let (head, rest) = text.split_once("uuid=").unwrap();
    assert_eq!(head, "[connection]\nid=eth0\n");
    assert_eq!(
        rest.split_once('\n').unwrap().1,
        "type=ethernet\ninterface-name=eth0\n\n[ethernet]\nmtu=1400\n\n[ipv4]\nmethod=manual\naddress1=10.0.0.2/20\n\
         gateway=10.0.0.1\ndns=10.0.0.3;\ndns-search=a.example;b.example;\n\n[ipv6]\nmethod=manual\n\
         address1=fd00::2/48\ngateway=fd00::1\ndns=fd00::3;\ndns-search=a.example;b.example;\n"
    );
    assert_eq!(image.stat(&format!("{folder}/eth0.nmconnection")), "0600 0 0");
    let second = image.read(&format!("{folder}/aabbcc001122.nmconnection"));
    assert!(
        second.ends_with(
            "type=ethernet\nautoconnect=false\n\n[ethernet]\nmac-address=AA:BB:CC:00:11:22\n\n[ipv4]\nmethod=auto\n\
             ignore-auto-dns=true\nnever-default=true\n\n[ipv6]\nmethod=disabled\n"
        ),
        "{second}"
    );
    let third = image.read(&format!("{folder}/link.nmconnection"));
    assert!(third.contains("[ipv4]\nmethod=auto\n") && third.contains("[ipv6]\nmethod=dhcp\n"), "{third}");
    assert!(!third.contains("interface-name"), "{third}");
    assert!(image.has("/etc/systemd/system/multi-user.target.wants/NetworkManager.service"));

    let scripts = [("/etc/sysconfig/network-scripts/ifup", "")];
    let (_scene, image, warnings) = built(&scripts, NETWORK).await;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(
        image.read("/etc/sysconfig/network-scripts/ifcfg-eth0"),
        "DEVICE=eth0\nTYPE=Ethernet\nONBOOT=yes\nBOOTPROTO=none\nIPADDR=10.0.0.2\nPREFIX=20\nGATEWAY=10.0.0.1\nIPV6INIT=yes\n\
         IPV6_AUTOCONF=no\nIPV6ADDR=fd00::2/48\nIPV6_DEFAULTGW=fd00::1\nDNS1=10.0.0.3\nDNS2=fd00::3\n\
         DOMAIN=\"a.example b.example\"\nMTU=1400\n"
    );
    assert_eq!(
        image.read("/etc/sysconfig/network-scripts/ifcfg-aabbcc001122"),
        "HWADDR=aa:bb:cc:00:11:22\nTYPE=Ethernet\nONBOOT=no\nBOOTPROTO=dhcp\nIPV6INIT=no\nPEERDNS=no\nDEFROUTE=no\n"
    );

    let networkd = [("/usr/lib/systemd/system/systemd-networkd.service", UNIT)];
    let (_scene, image, warnings) = built(&networkd, NETWORK).await;
    assert_eq!(warnings, [odd]);
    assert_eq!(
        image.read("/etc/systemd/network/10-eth0.network"),
        "[Match]\nName=eth0\n\n[Link]\nMTUBytes=1400\n\n[Network]\nDHCP=no\nAddress=10.0.0.2/20\nGateway=10.0.0.1\n\
         Address=fd00::2/48\nGateway=fd00::1\nDNS=10.0.0.3\nDNS=fd00::3\nDomains=a.example b.example\n"
    );
    assert!(image.read("/etc/systemd/network/10-link.network").contains("[Network]\nDHCP=yes\n"));
    assert!(
        image
            .read("/etc/systemd/network/10-eth2.network")
            .contains("[Network]\nDHCP=no\n\n[DHCPv4]\nUseDNS=no\n")
    );

    let (_scene, _, warnings) = built(&[], "network --device=eth0").await;
    assert_eq!(
        warnings,
        ["line 2: `network`: the image has neither NetworkManager, network-scripts nor systemd-networkd"]
    );
}

#[tokio::test]
async fn the_time_comes_from_the_servers_that_are_named() {
    let lines = "timesource --ntp-server=a.example --nts\ntimesource --ntp-pool=b.example";
    let units = ("/usr/lib/systemd/system/chronyd.service", UNIT);
    let chrony = [("/etc/chrony.conf", "pool 2.pool.example iburst\ndriftfile /x\n"), units];
    let (_scene, image, warnings) = built(&chrony, lines).await;
    assert_eq!(warnings, NONE);
    let text = "server a.example iburst nts\npool b.example iburst\ndriftfile /x\n";
    assert_eq!(image.read("/etc/chrony.conf"), text);
    assert!(image.has("/etc/systemd/system/multi-user.target.wants/chronyd.service"));

    let ntpd = [("/etc/ntp.conf", "server old\n")];
    let (_scene, image, warnings) = built(&ntpd, "timezone UTC --utc --ntpservers=a.example,b.example").await;
    assert_eq!(image.read("/etc/ntp.conf"), "server a.example iburst\nserver b.example iburst\n");
    assert_eq!(warnings, NONE);

    let timesyncd = [("/usr/lib/systemd/system/systemd-timesyncd.service", UNIT)];
    let (_scene, image, warnings) = built(&timesyncd, lines).await;
    assert_eq!(
        image.read("/etc/systemd/timesyncd.conf.d/kickstart.conf"),
        "[Time]\nNTP=a.example b.example\n"
    );
    assert_eq!(warnings, ["line 2: --nts has no effect: only chrony can do that"]);

    for off in ["timesource --ntp-disable", "timezone UTC --nontp"] {
        let link = ("/etc/systemd/system/multi-user.target.wants/chronyd.service.x", "");
        let kickstart = format!(
            "{off}\n%pre\nmkdir -p $INSTALL_ROOT/etc/systemd/system/a.wants\n\
             ln -s /usr/lib/systemd/system/chronyd.service $INSTALL_ROOT/etc/systemd/system/a.wants/\n%end"
        );
        let (_scene, image, warnings) = built(&[link, chrony[0]], &kickstart).await;
        assert_eq!(warnings, NONE);
        assert!(
            image.has("/etc/systemd/system/a.wants")
                && !image.has("/etc/systemd/system/a.wants/chronyd.service")
        );
    }
    let (_scene, _, warnings) = built(&[], lines).await;
    assert_eq!(
        warnings,
        ["line 2: the image has nothing that asks for the time: chrony, ntp or systemd-timesyncd"]
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
