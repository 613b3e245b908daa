//! Network devices, and who says what time it is: each in an image that has the program for it, read there.

use crate::system::{NONE, UNIT, built};

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
