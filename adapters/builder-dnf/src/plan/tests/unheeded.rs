//! What has no effect is said with its line.

use super::*;

#[test]
fn what_has_no_effect_is_an_error_for_the_strict() {
    let strict = |lines: &str| {
        let request = request(ImageType::Raw, &format!("{BASE}part / --size=9\n{lines}\n"));
        plan(&BuildRequest { extra_opts: vec!["--strict".into()], ..request })
    };

    assert!(strict("lang fi_FI").unwrap().strict);
    assert_eq!(
        strict("vnc\nlang x --addsupport=y").unwrap_err(),
        "line 6: `vnc` has no effect; line 7: `lang`: --addsupport has no effect; --strict takes that for an error"
    );
}

#[test]
fn what_has_no_effect_is_said_with_its_line() {
    let plan = raw(
        "vnc\npart / --size=@SIZE@ --recommended --fsprofile=x\nnetwork --hostname=a --device=eth0 --wpakey=x\n\
         %onerror\ntrue\n%end",
    )
    .unwrap();

    assert_eq!(
        plan.warnings,
        [
            "line 5: `vnc` has no effect",
            "line 6: `part`: --recommended, --fsprofile have no effect",
            "line 7: `network`: --wpakey has no effect",
            "line 7: `network`: this builder makes no bonds, bridges, teams, VLANs or wireless devices, so the line makes none",
            "line 8: `%onerror` has no effect",
        ]
    );
    assert_eq!(plan.form.layout().unwrap().at("/").unwrap().size, Size::Fixed(100));
    let no_disk =
        super::plan(&request(ImageType::Fs, &format!("{BASE}part / --size=1\nbootloader\n"))).unwrap();
    assert_eq!(
        no_disk.warnings,
        ["line 5: `part` has no effect in fs images", "line 6: `bootloader` has no effect in fs images"]
    );
}

#[test]
fn what_is_no_use_beside_another_word_is_said() {
    let plan = raw(
        "part / --size=9\nnetwork --device=a --bootproto=dhcp --ip=10.0.0.1 --netmask=255.0.0.0\n\
         network --device=b --noipv4 --ip=10.0.0.1 --noipv6 --ipv6=fd00::1 --ipv6gateway=fd00::2\n\
         network --device=c --ipv6=auto --ipv6gateway=fd00::2\nnetwork --device=d --bootproto=static --ip=10.0.0.1\n\
         %post --nochroot --log=/tmp/x\ntrue\n%end",
    )
    .unwrap();

    assert_eq!(
        plan.warnings,
        [
            "line 6: `network`: --ip has no effect with --bootproto=dhcp",
            "line 6: `network`: --netmask has no effect with --bootproto=dhcp",
            "line 7: `network`: --ip has no effect with --noipv4",
            "line 7: `network`: --ipv6 has no effect with --noipv6",
            "line 7: `network`: --ipv6gateway has no effect with --noipv6",
            "line 8: `network`: --ipv6gateway has no effect with --ipv6=auto",
            "line 10: `%post`: --log=/tmp/x has no effect; the log of the build has what it printed",
        ]
    );
}
