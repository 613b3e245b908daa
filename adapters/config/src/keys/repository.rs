//! Where images are kept and published.

use super::{Key, Kind};

const REPOSITORY: &str = "repository";

pub(super) const KEYS: &[Key] = &[
    Key::new(
        REPOSITORY,
        "folders",
        Kind::List(','),
        "repositories of images, as NAME=FOLDER each, the folder that has `images` and `etc`; the first is meant where nobody names one",
    )
    .otherwise("there is no repository")
    .example("main=/opt/opengnsys, lab=/srv/lab"),
    Key::new(REPOSITORY, "announce", Kind::Address, "address of the tracker in torrents")
        .otherwise("port 6969 of the address by which this machine reaches others")
        .example("http://10.1.2.3:6969/announce"),
    Key::new(
        REPOSITORY,
        "check",
        Kind::YesNo,
        "whether images that other programs put there are held against their own checksums before they are published, which unpacks them",
    )
    .value("yes")
    .example("no"),
    Key::new(
        REPOSITORY,
        "settle",
        Kind::Number("seconds", 0),
        "how long a file has to stay as it is before it is taken for whole; one that is renamed in is at once",
    )
    .value("10")
    .example("60"),
];
