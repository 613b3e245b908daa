//! `repo` lines: where packages come from.

use crate::arguments::Arguments;
use crate::document::Kickstart;
use crate::reading::Secret;

/// One `repo` line that has a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repo {
    /// The line in the file.
    pub line: usize,
    /// `--name`.
    pub name: String,
    /// `--baseurl`.
    pub baseurl: Option<String>,
    /// `--mirrorlist`.
    pub mirrorlist: Option<String>,
    /// `--metalink`.
    pub metalink: Option<String>,
    /// `--save`: the repository stays configured in the image.
    pub save: bool,
    /// `--proxy`.
    pub proxy: Option<String>,
    /// `--proxyuser`.
    pub proxyuser: Option<String>,
    /// `--proxypasswd`.
    pub proxypasswd: Option<Secret>,
    /// `--priority`, the smaller the better.
    pub priority: Option<i64>,
    /// `--cost`, the smaller the better.
    pub cost: Option<i64>,
    /// `--includepkgs`.
    pub includepkgs: Vec<String>,
    /// `--excludepkgs`.
    pub excludepkgs: Vec<String>,
    /// `--gpgkey`.
    pub gpgkey: Option<String>,
    /// False with `--ssl_verify=no` or `--noverifyssl`.
    pub ssl_verify: bool,
    /// `--disable`: saved, but switched off in the image.
    pub disable: bool,
    /// `--debuginfo`.
    pub debuginfo: bool,
    /// `--source`.
    pub source: bool,
    /// `--nocache`.
    pub nocache: bool,
    /// `--install`, which modern pykickstart has for what mic calls `--save`.
    pub install: bool,
    /// `--sslcacert`.
    pub sslcacert: Option<String>,
    /// `--sslclientcert`.
    pub sslclientcert: Option<String>,
    /// `--sslclientkey`.
    pub sslclientkey: Option<String>,
}

impl Kickstart {
    /// Returns the `repo` lines in the order of the file.
    pub fn repos(&self) -> Vec<Repo> {
        self.called(&["repo"]).filter_map(|(line, arguments)| repo(line, &arguments)).collect()
    }
}

fn repo(line: usize, of: &Arguments<'_>) -> Option<Repo> {
    Some(Repo {
        line,
        name: of.owned("--name")?,
        baseurl: of.owned("--baseurl"),
        mirrorlist: of.owned("--mirrorlist"),
        metalink: of.owned("--metalink"),
        save: of.has("--save"),
        proxy: of.owned("--proxy"),
        proxyuser: of.owned("--proxyuser"),
        proxypasswd: of.value("--proxypasswd").map(Secret::new),
        priority: of.number("--priority"),
        cost: of.number("--cost"),
        includepkgs: of.list("--includepkgs"),
        excludepkgs: of.list("--excludepkgs"),
        gpgkey: of.owned("--gpgkey"),
        ssl_verify: !of.has("--noverifyssl") && !of.says_no("--ssl_verify"),
        disable: of.has("--disable"),
        debuginfo: of.has("--debuginfo"),
        source: of.has("--source"),
        nocache: of.has("--nocache"),
        install: of.has("--install"),
        sslcacert: of.owned("--sslcacert"),
        sslclientcert: of.owned("--sslclientcert"),
        sslclientkey: of.owned("--sslclientkey"),
    })
}
