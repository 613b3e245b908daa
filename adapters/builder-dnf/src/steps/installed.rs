//! Which packages are in the image, as its own base says.

use std::time::SystemTime;

use crate::halt::Halt;
use crate::workshop::Workshop;

/// One installed package.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Installed {
    pub(crate) name: String,
    /// With epoch and release, as `1:2.0-3`.
    pub(crate) version: String,
    pub(crate) arch: String,
    /// Its home page.
    pub(crate) url: String,
    pub(crate) licence: String,
    pub(crate) vendor: String,
    /// The source package it was built from.
    pub(crate) source: String,
}

/// What rpm says of each package: fields between tabs.
const FORMAT: &str = "%{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%|URL?{%{URL}}:{}|\\t%{LICENSE}\\t\
                      %|VENDOR?{%{VENDOR}}:{}|\\t%|SOURCERPM?{%{SOURCERPM}}:{}|\\n";

/// So long a list is read.
pub(crate) const LARGEST: usize = 32 << 20;

/// The packages, and what rpm's base looked like when it was asked.
pub(crate) struct Census {
    pub(crate) packages: Vec<Installed>,
    seen: Stamps,
}

/// Of the base and of what was last written into it: the time and the size.
type Stamps = [Option<(SystemTime, u64)>; 2];

impl Census {
    /// Asks for the packages that dnf has installed.
    pub(crate) async fn take(shop: &Workshop<'_>) -> Result<Census, Halt> {
        let packages = list(shop).await?.unwrap_or_default();
        Ok(Census { packages, seen: stamps(shop) })
    }

    /// Asks again when scripts have changed the base; what was known counts when they have removed or broken it, since rpm
    /// would make a new one.
    pub(crate) async fn again(self, shop: &Workshop<'_>) -> Result<Census, Halt> {
        let now = stamps(shop);
        if now[0].is_none() || now == self.seen {
            return Ok(self);
        }
        let packages = list(shop).await?.filter(|packages| !packages.is_empty());
        Ok(Census { packages: packages.unwrap_or(self.packages), seen: now })
    }
}

fn stamps(shop: &Workshop<'_>) -> Stamps {
    ["rpmdb.sqlite", "rpmdb.sqlite-wal"].map(|file| {
        let base = shop.on_host(&shop.inside(&format!("/var/lib/rpm/{file}")));
        let about = base.symlink_metadata().ok()?;
        Some((about.modified().ok()?, about.len()))
    })
}

/// Lists the packages in the order of their names; `None` when rpm cannot.
pub(crate) async fn list(shop: &Workshop<'_>) -> Result<Option<Vec<Installed>>, Halt> {
    let mut task = shop.task(["rpm", "--root"]).env("HOME", shop.work.join("home"));
    task.argv.push(shop.root.clone().into_os_string());
    task.argv.extend(["--dbpath", "/var/lib/rpm", "-qa", "--queryformat", FORMAT].map(Into::into));
    task.keep_output = Some(LARGEST);
    let ended = shop.run(&task, &|_| {}).await?.ended;
    Ok(ended.well().then(|| read(&String::from_utf8_lossy(&ended.output))))
}

/// Reads the list; keys that packages are signed with are no packages.
fn read(text: &str) -> Vec<Installed> {
    let packages = text.lines().filter_map(|line| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut next = || fields.next();
        Some(Installed {
            name: next()?,
            version: next()?,
            arch: next()?,
            url: next()?,
            licence: next()?,
            vendor: next()?,
            source: next()?,
        })
    });
    let mut packages: Vec<_> = packages.filter(|package| package.name != "gpg-pubkey").collect();
    packages.sort_unstable();
    packages
}

/// Writes the list for people: name, version, architecture, home page and licence, between tabs.
pub(crate) fn manifest(packages: &[Installed]) -> String {
    let lines = packages.iter().map(|package| {
        let Installed { name, version, arch, url, licence, .. } = package;
        format!("{name}\t{version}\t{arch}\t{url}\t{licence}\n")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_come_in_the_order_of_their_names() {
        let found = read(
            "b\t1:2-3\tnoarch\t\tMIT\t\tb.src.rpm\ngpg-pubkey\t1-1\t(none)\t\tx\t\t\na\t1-1\tx86_64\thttp://a\tGPL\tV\t\n",
        );

        assert_eq!(manifest(&found), "a\t1-1\tx86_64\thttp://a\tGPL\nb\t1:2-3\tnoarch\t\tMIT\n");
        assert_eq!((found[0].vendor.as_str(), found[1].source.as_str()), ("V", "b.src.rpm"));
    }
}
