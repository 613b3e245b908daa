//! How images are published by BitTorrent.

use super::{Key, Kind};

const TORRENT: &str = "torrent";

pub(super) const KEYS: &[Key] = &[
    Key::new(
        TORRENT,
        "serve",
        Kind::YesNo,
        "whether `img up` and `img repo watch` are the tracker of the repositories' images, which tells clients of each other",
    )
    .value("no")
    .example("yes"),
    Key::new(
        TORRENT,
        "listen",
        Kind::Listen,
        "where clients ask the tracker; `[::]` is all addresses, those of IPv4 included",
    )
    .value("0.0.0.0:6969")
    .example("[::]:6969"),
    Key::new(
        TORRENT,
        "interval",
        Kind::Between("seconds", 1, 3600),
        "how often clients are to say that they are there; one that is silent for two and a half times as long is forgotten",
    )
    .value("30")
    .example("10"),
    Key::new(
        TORRENT,
        "ip_from",
        Kind::Networks,
        "networks whose clients may say that they are at another address than the one they ask from",
    )
    .otherwise("nobody may")
    .example("10.0.0.0/8"),
    Key::new(
        TORRENT,
        "seed",
        Kind::YesNo,
        "whether images are given to clients, too; the program has to be built with the feature `torrent`",
    )
    .otherwise("yes, where it was built so")
    .example("no"),
    Key::new(TORRENT, "seed_listen", Kind::Listen, "where clients ask for pieces of images")
        .value("0.0.0.0:6881")
        .example("[::]:6881"),
    Key::new(TORRENT, "seed_rate", Kind::Size, "how many bytes a second all clients together get from here")
        .value("none")
        .example("100 MB"),
];
