//! Which words of a `network` line cannot stand beside each other; pure.

use img_kickstart::arguments::Arguments;

use crate::steps::network::OTHER_DEVICES;

/// Says which words about a network device are without effect beside others.
pub(super) fn clashes(arguments: &Arguments<'_>) -> Vec<String> {
    if OTHER_DEVICES.iter().any(|option| arguments.has(option)) {
        return vec![
            "this builder makes no bonds, bridges, teams, VLANs or wireless devices, so the line makes none"
                .to_owned(),
        ];
    }
    let protocol = arguments.value("--bootproto").filter(|protocol| *protocol != "static");
    let protocol = protocol.map(|protocol| format!("--bootproto={protocol}"));
    let is_asked_for = |six: &&str| matches!(*six, "auto" | "dhcp");
    let six = arguments.value("--ipv6").filter(is_asked_for).map(|six| format!("--ipv6={six}"));
    let off = |option: &str| arguments.has(option).then(|| option.to_owned());
    let four = ["--ip", "--netmask", "--gateway"];
    let clashes = [
        (&four[..], off("--noipv4").or(protocol)),
        (&["--ipv6", "--ipv6gateway"][..], off("--noipv6")),
        (&["--ipv6gateway"][..], six),
    ];
    let clauses = clashes.into_iter().filter_map(|(options, with)| with.map(|with| (options, with)));
    let clauses = clauses.flat_map(|(options, with)| {
        let given = options.iter().filter(|option| arguments.has(option));
        given.map(|option| format!("{option} has no effect with {with}")).collect::<Vec<_>>()
    });
    clauses.collect()
}
