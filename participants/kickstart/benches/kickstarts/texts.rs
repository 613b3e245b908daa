//! Kickstarts of any size that both Fedora's installer and we take without a word.

use std::fmt::Write;

/// Returns a kickstart of about so many bytes.
pub(super) fn of_bytes(bytes: usize) -> String {
    let line = kickstart(1000).len() / 1000;
    kickstart(bytes / line)
}

/// Returns a kickstart of so many lines, of which a half are packages, a fifth repositories, the rest users, networks
/// and a script.
pub(super) fn kickstart(lines: usize) -> String {
    let mut text = String::from(
        "# A kickstart of the bench\nlang en_US.UTF-8\nkeyboard --vckeymap=us --xlayouts='us','de'\ntimezone --utc Europe/Berlin\n\
         rootpw --iscrypted '$6$salt$hash'\nbootloader --timeout=5 --append=\"quiet splash\"\n\
         part / --fstype=ext4 --size=4000 --grow --label=root\npart swap --size=512\n",
    );
    for number in 0..lines / 5 {
        let _ = writeln!(
            text,
            "repo --name=repo-{number} --baseurl=http://repo.example/{number}/x86_64/ --cost={number}"
        );
    }
    for number in 0..lines / 20 {
        let _ = writeln!(
            text,
            "user --name=user{number} --groups=wheel,audio --gecos=\"User number {number}\" # a person"
        );
        let _ = writeln!(
            text,
            "network --device=eth{number} --bootproto=dhcp --onboot=yes --nameserver=192.0.2.1"
        );
    }
    text.push_str("\n%packages --excludedocs\n@core\n@Development Tools --optional\n-games*\n");
    for number in 0..lines / 2 {
        let _ = writeln!(text, "package-{number}");
    }
    text.push_str("%end\n\n%post --erroronfail\nset -e\n");
    for number in 0..lines / 6 {
        let _ = writeln!(text, "echo \"step {number}\" >> /var/log/post.log # done");
    }
    text.push_str("%end\n");
    text
}
