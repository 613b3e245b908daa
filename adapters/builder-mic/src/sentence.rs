//! What mic's errors mean, as sentences for whoever wrote the kickstart; pure.

use img_kickstart::At;

/// The kickstart a build is made from, to find lines in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    /// The lines its author does not know, counted from 1; messages count without them.
    pub(crate) added: &'a [usize],
}

impl Source<'_> {
    /// Returns the number its author knows a line by.
    pub(crate) fn own(&self, line: usize) -> usize {
        line - self.added.iter().filter(|added| **added < line).count().min(line)
    }

    /// Says after a name of `%packages` where it stands.
    fn place_of(&self, name: &str) -> String {
        let is_it = |line: &str| line.split_whitespace().next() == Some(name);
        let found = self.text.lines().position(is_it).map(|index| index + 1);
        match found.filter(|line| !self.added.contains(line)) {
            Some(line) => format!(" ({})", At(self.own(line))),
            None => String::new(),
        }
    }
}

/// Says what an error of mic means; what nobody recorded is quoted.
pub(crate) fn of_error(said: &str, source: &Source<'_>) -> String {
    let said = said.trim();
    if let Some(name) = said.strip_prefix("Unable to find package: ") {
        return format!("no package matches {name}{}", source.place_of(name));
    }
    if let Some(name) = said.strip_prefix("Unable to find pattern: ") {
        return format!("no group matches {name}{}", source.place_of(&format!("@{name}")));
    }
    if let Some(trouble) = said.strip_prefix("URLGrabber error: ") {
        return of_repository(trouble);
    }
    if let Some((arch, valid)) =
        said.strip_prefix("Invalid arch ").and_then(|rest| rest.split_once(" for repository. Valid arches: "))
    {
        return format!("the repositories have no packages for {arch}, only for {valid}");
    }
    if let Some(arch) = said.strip_prefix("Invalid architecture: ") {
        return format!("mic knows no architecture {}", arch.split('.').next().unwrap_or(arch).trim());
    }
    if let Some(problem) = said.strip_prefix("Problem: ") {
        return format!("the packages cannot be installed together: {problem}");
    }
    if let Some(name) = said.strip_prefix("Can't find package manager: ") {
        let name = name.replace("(availables: ", "(it has ");
        return format!(
            "mic lacks its part for the package manager {name}: `pkgmgr` in /etc/mic/mic.conf chooses"
        );
    }
    for (words, sentence) in FIXED {
        if said.contains(words) {
            return (*sentence).to_owned();
        }
    }
    format!("mic says: {said}")
}

/// Errors whose words never differ.
const FIXED: &[(&str, &str)] = &[
    (
        "no valid repos found in ks file",
        "the kickstart names no repository that can be used: it needs a line `repo`",
    ),
    (
        "no --ondisk specified in partition line",
        "mic makes disks only of lines `part` that name one: add --ondisk=sda to them",
    ),
    // mic says "%pre script" of each kind
    ("Failed to execute %pre script with", "a script with --erroronfail failed: the log has what it printed"),
    (
        "/dev/mapper/control",
        "this machine has no device mapper (kernel option CONFIG_BLK_DEV_DM), by which mic makes disks and live images: \
         take another machine, or build with dnf",
    ),
    ("program aborted", "mic was interrupted by SIGINT, and not by this program"),
    (
        "more space needed on the",
        "the packages do not fit into a partition of the kickstart: give `part` a larger --size",
    ),
];

fn of_repository(trouble: &str) -> String {
    let (address, why) = trouble.split_once(" - ").unwrap_or((trouble, ""));
    let why = why.split_once("] ").map_or(why, |(_, why)| why);
    let why = why.strip_prefix("curl#").and_then(|rest| rest.split_once(" - ")).map_or(why, |(_, why)| why);
    match why.trim_matches(['"', ' ']) {
        "" => format!("the repository {address} cannot be read"),
        why => format!("the repository {address} cannot be read: {why}"),
    }
}

/// Says what it means that mic broke down with a Python exception.
pub(crate) fn of_exception(exception: &str) -> String {
    let why = match exception {
        e if e.contains("ksconf") => {
            "this mic cannot make a --release: leave out image.release, or build with dnf"
        }
        e if e.starts_with("EOFError") => "it asked a question that nobody is there to answer",
        e if e.contains("/proc/modules") => "it needs a kernel with modules",
        e if e.starts_with("ImportError") || e.starts_with("ModuleNotFoundError") => {
            "it is not installed completely"
        }
        _ => "a mistake of mic's, not of the kickstart's; build with dnf, or take another mic",
    };
    format!("mic broke down: {exception} ({why})")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: Source<'_> =
        Source { text: "part /\nrepo --name=added\n%packages\nvim\n@core --nodefaults\n%end\n", added: &[2] };

    #[test]
    fn every_recorded_error_has_its_sentence() {
        for (said, expected) in [
            ("Unable to find package: vim", "no package matches vim (line 3)"),
            ("Unable to find package: nosuch", "no package matches nosuch"),
            ("Unable to find pattern: core", "no group matches core (line 4)"),
            (
                "URLGrabber error: http://r.example/x/repodata/repomd.xml - [Errno 14] curl#7 - \"Failed to connect to r.example port 80\"",
                "the repository http://r.example/x/repodata/repomd.xml cannot be read: Failed to connect to r.example port 80",
            ),
            (
                "URLGrabber error: http://r.example/x - [Errno 14] HTTP Error 404 - Not Found",
                "the repository http://r.example/x cannot be read: HTTP Error 404 - Not Found",
            ),
            ("Invalid architecture: \"sparc99\".", "mic knows no architecture \"sparc99\""),
            (
                "Invalid arch armv7hl for repository. Valid arches: x86_64",
                "the repositories have no packages for armv7hl, only for x86_64",
            ),
            (
                "Problem: nothing provides nosuchthing >= 9 needed by missingdep-1.0-1.noarch",
                "the packages cannot be installed together: nothing provides nosuchthing >= 9 needed by missingdep-1.0-1.noarch",
            ),
            (
                "Can't find package manager: zypp (availables: dnf)",
                "mic lacks its part for the package manager zypp (it has dnf): `pkgmgr` in /etc/mic/mic.conf chooses",
            ),
            (
                "Invalid pkg recording: foo, valid ones: …",
                "mic says: Invalid pkg recording: foo, valid ones: …",
            ),
        ] {
            assert_eq!(of_error(said, &SOURCE), expected);
        }
        for (said, words) in [
            ("no valid repos found in ks file", "line `repo`"),
            ("Failed to create disks, no --ondisk specified in partition line of ks file", "--ondisk=sda"),
            ("Failed to execute %pre script with /bin/bash", "script with --erroronfail"),
            ("/dev/mapper/control: No such device", "no device mapper"),
            ("^C catched, program aborted.", "SIGINT"),
            ("Disk Requirements: At least 17MB more space needed on the / filesystem.", "larger --size"),
        ] {
            let sentence = of_error(said, &SOURCE);
            assert!(sentence.contains(words) && !sentence.starts_with("mic says"), "{sentence}");
        }
    }

    #[test]
    fn a_mic_that_breaks_down_is_not_the_fault_of_the_kickstart() {
        for (exception, words) in [
            ("NameError: name 'ksconf' is not defined", "image.release"),
            ("EOFError: EOF when reading a line", "question"),
            ("KeyError: 'long'", "mistake of mic's"),
        ] {
            let sentence = of_exception(exception);
            assert!(sentence.contains(exception) && sentence.contains(words), "{sentence}");
        }
    }
}
