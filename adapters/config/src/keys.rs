//! Every key this program knows, as data: what it means, what it may be, and what became of the old ones.

mod boss;
mod builds;
mod kind;
mod participants;
mod repository;
mod torrent;
mod web;

pub use self::kind::Kind;
pub(crate) use self::kind::{bytes, percent, yes_or_no};

/// One key of a section.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its section.
    pub section: &'static str,
    /// Its name, in lower case.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// What it means, in a clause.
    pub meaning: &'static str,
    /// What counts when nobody sets it.
    pub default: Default,
    /// A value as a person would write it.
    pub example: &'static str,
    /// Where older versions had it, as section and name.
    pub old: &'static [(&'static str, &'static str)],
    /// Why nothing reads it; none for keys that count.
    pub unused: Option<&'static str>,
}

/// What counts when nobody sets a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// Nothing.
    None,
    /// This value.
    Value(&'static str),
    /// What this clause says.
    Said(&'static str),
    /// Nothing works without it.
    Mandatory,
}

impl Key {
    const fn new(section: &'static str, name: &'static str, kind: Kind, meaning: &'static str) -> Key {
        Key { section, name, kind, meaning, default: Default::None, example: "", old: &[], unused: None }
    }

    const fn value(mut self, default: &'static str) -> Key {
        self.default = Default::Value(default);
        self
    }

    const fn otherwise(mut self, clause: &'static str) -> Key {
        self.default = Default::Said(clause);
        self
    }

    const fn mandatory(mut self) -> Key {
        self.default = Default::Mandatory;
        self
    }

    const fn example(mut self, example: &'static str) -> Key {
        self.example = example;
        self
    }

    const fn old(mut self, places: &'static [(&'static str, &'static str)]) -> Key {
        self.old = places;
        self
    }

    const fn unused(mut self, why: &'static str) -> Key {
        self.unused = Some(why);
        self
    }

    /// Returns the environment variable that overrides it: `IMG_BOSS_AMQP_HOST` for `[boss] amqp_host`.
    pub fn variable(&self) -> String {
        format!("IMG_{}_{}", self.section, self.name).to_uppercase()
    }

    /// Tells whether its value is for nobody else's eyes.
    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    /// Returns the places it may stand at in a file, this version's first.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        std::iter::once((self.section, self.name)).chain(self.old.iter().copied())
    }
}

/// Says in the page what a section is about.
pub(crate) const SECTIONS: &[(&str, &str)] = &[
    ("skynet", "the site"),
    ("boss", "RabbitMQ and the engine"),
    ("participant", "one participant as a worker; stands in `NAME.conf`"),
    ("worker", "`build_image`"),
    ("build_ks", "`build_ks`"),
    ("obs", "the Open Build Service"),
    ("request_image", "`request_image`"),
    ("db", "where jobs are recorded"),
    ("make_vdi", "`make_vdi`"),
    ("tester", "`test_image`, which was called `test_vm_image`"),
    ("releases", "`update_symlinks`"),
    ("repository", "where images are kept and published"),
    ("torrent", "images by BitTorrent"),
    ("web", "the web interface"),
    ("ldap", "logging in by LDAP"),
    ("notify", "telling people of images"),
    ("test", "tests after a build"),
    ("processes", "the processes of jobs"),
    ("amqp", "the first version's own broker"),
    ("daemon", "the first version as a daemon"),
];

/// Returns every key, those of a section together.
pub fn all() -> impl Iterator<Item = &'static Key> {
    [boss::KEYS, builds::KEYS, participants::KEYS, repository::KEYS, torrent::KEYS, web::KEYS]
        .into_iter()
        .flatten()
}

/// Finds a key, by the name it has now or one it had.
pub fn find(section: &str, name: &str) -> Option<&'static Key> {
    let now = all().find(|key| key.section == section && key.name == name);
    now.or_else(|| all().find(|key| key.old.contains(&(section, name))))
}

/// Tells whether a section is one of ours.
pub(crate) fn has_section(name: &str) -> bool {
    SECTIONS.iter().any(|(section, _)| *section == name)
}
