//! Every option there is: those of mic's `create`, those of its forms of images, and ours; a row each.
//!
//! `docs/building.md` has the same rows for people; a test compares them.

/// An option.
#[derive(Debug)]
pub(super) struct Known {
    /// What it is called, and what else.
    pub(super) names: &'static [&'static str],
    /// What its value is; empty when it has none.
    pub(super) takes: &'static str,
    /// What becomes of it.
    pub(super) what: What,
}

/// What becomes of an option.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    PackTo,
    Compress,
    Record,
    CopyKernel,
    Shrink,
    Tokens,
    Release,
    Epoch,
    Strict,
    Arch,
    /// Only this value is what is done anyway; the clause says why there is no other.
    Only(&'static str, &'static str),
    /// It is done anyway, as the clause says.
    Nothing(#[allow(dead_code, reason = "for those who read the table")] &'static str),
    /// It cannot be; the clause says why, or what to do instead.
    Refused(&'static str),
}

const fn known(names: &'static [&'static str], takes: &'static str, what: What) -> Known {
    Known { names, takes, what }
}

const TABLE: &[Known] = &[
    known(&["--pack-to", "--taring-to"], "a file name", What::PackTo),
    known(&["--compress-image", "--compress-disk-image"], "gz, bz2, xz or zst", What::Compress),
    known(&["--shrink"], "", What::Shrink),
    known(&["--record-pkgs"], "some of name, content, license and url", What::Record),
    known(&["--copy-kernel", "--save-kernel"], "", What::CopyKernel),
    known(&["--release"], "a name", What::Release),
    known(&["--tokenmap"], "KEY:VALUE,KEY2:VALUE2", What::Tokens),
    known(&["--source-date-epoch"], "seconds since 1970", What::Epoch),
    known(&["--strict"], "", What::Strict),
    known(&["--arch", "-A"], "an architecture", What::Arch),
    known(&["--pkgmgr"], "dnf", What::Only("dnf", "packages are installed by dnf")),
    known(
        &["--fstab-entry"],
        "uuid",
        What::Only(
            "uuid",
            "names of disks differ from machine to machine, so file systems are found by their UUID",
        ),
    ),
    known(&["--use-comps", "--use_comps"], "", What::Nothing("groups are those of the repositories' comps")),
    known(&["--debug", "-d"], "", What::Nothing("the log has all that programs print")),
    known(&["--verbose", "-v"], "", What::Nothing("the log has all that programs print")),
    known(&["--non-interactive", "-i"], "", What::Nothing("nobody is ever asked")),
    known(
        &["--outdir", "-o"],
        "a folder",
        What::Refused("an image goes where [worker] base_dir or `img build --outdir` says, and nowhere else"),
    ),
    known(
        &["--logfile"],
        "a file",
        What::Refused(
            "the log is NAME.log beside the image; an option cannot name another file of this machine",
        ),
    ),
    known(
        &["--config", "-c"],
        "a file",
        What::Refused("[worker] says what is to be said; an option cannot name a file of this machine"),
    ),
    known(
        &["--cachedir", "-k"],
        "a folder",
        What::Refused(
            "downloaded packages are kept below the state folder, where no build changes those of another",
        ),
    ),
    known(
        &["--local-pkgs-path"],
        "a folder",
        What::Refused(
            "an option cannot name files of this machine; make a repository of them by `createrepo_c FOLDER`, and add \
             `repo --name=local --baseurl=file://FOLDER` to the kickstart",
        ),
    ),
    known(&["--runtime"], "a word", What::Refused("builds always run in a user namespace; leave it out")),
    known(
        &["--include-src"],
        "",
        What::Refused("sources are not fetched; NAME.spdx.json names the source package of each package"),
    ),
    known(
        &["--generate-bmap"],
        "",
        What::Refused("bmap-tools makes one of the finished image: `bmaptool create -o NAME.bmap NAME.raw`"),
    ),
    known(&["--help", "-h"], "", What::Refused("it builds nothing; docs/building.md has the options")),
    known(&["--version"], "", What::Refused("it builds nothing; `img --version` says it")),
];

/// Finds an option by one of its names.
pub(super) fn find(name: &str) -> Option<&'static Known> {
    TABLE.iter().find(|known| known.names.contains(&name))
}

/// Returns the options that are not refused whatever they say.
pub(super) fn honoured() -> impl Iterator<Item = &'static Known> {
    TABLE.iter().filter(|known| !matches!(known.what, What::Refused(_)))
}

/// Returns those that are.
#[cfg(test)]
pub(super) fn refused() -> impl Iterator<Item = &'static Known> {
    TABLE.iter().filter(|known| matches!(known.what, What::Refused(_)))
}
