//! What is read of lines that are missing, secret, or said twice.

use img_kickstart::{Kickstart, Packages, SelinuxMode};

use crate::WHOLE;

#[test]
fn nothing_is_made_up_for_an_empty_kickstart() {
    let ks = Kickstart::parse("# nothing\n");

    assert_eq!(ks.packages(), Packages::default());
    assert_eq!((ks.lang(), ks.rootpw(), ks.bootloader(), ks.desktop()), (None, None, None, None));
    assert_eq!((ks.repos().len(), ks.partitions().len(), ks.scripts().len()), (0, 0, 0));
}

#[test]
fn every_command_can_be_asked_for_by_its_line() {
    let ks = Kickstart::parse("lang C\n\nwhat 'a b' # c\nreboot\n%include x\n");

    let commands: Vec<_> = ks.commands().map(|command| (command.line, command.name().to_owned())).collect();

    let expected = [(1, "lang"), (3, "what"), (4, "reboot"), (5, "%include")];
    assert_eq!(commands, expected.map(|(line, name)| (line, name.to_owned())));
    let what = ks.commands().nth(1).unwrap();
    assert_eq!((what.words[1].text.as_ref(), what.words[1].span()), ("a b", 13..18));
}

#[test]
fn passwords_do_not_show_in_debug_text() {
    let ks = Kickstart::parse(WHOLE);

    let shown = format!("{:?} {:?} {:?}", ks.rootpw(), ks.users(), ks.repos());

    assert!(!shown.contains("$6$") && !shown.contains("a b") && shown.contains("***"), "{shown}");
}

#[test]
fn of_options_that_take_each_others_place_the_last_counts() {
    let text = "part / --fstype=ext3 --type=ext4 --ondrive=sda\nselinux --permissive --enforcing\n\
        firewall --disable --enabled\nnetwork --activate --no-activate\nrootpw --iscrypted --plaintext a\n\
        user --name=a --plaintext --iscrypted\ntimezone UTC --isUtc\n%post --logfile=/x\n%end\n";
    let ks = Kickstart::parse(text);

    let part = &ks.partitions()[0];
    assert_eq!((part.fstype.as_deref(), part.ondisk.as_deref()), (Some("ext4"), Some("sda")));
    assert_eq!(ks.selinux().unwrap().mode, SelinuxMode::Enforcing);
    assert!(ks.firewall().unwrap().enabled && !ks.network()[0].activate);
    assert!(!ks.rootpw().unwrap().iscrypted && ks.users()[0].iscrypted && ks.timezone().unwrap().utc);
    assert_eq!(ks.scripts()[0].log.as_deref(), Some("/x"));
}
