//! Which users of the host the users of a namespace are; pure.

/// How many ids a namespace has: 0 to 65535, as every distribution expects.
pub(crate) const COUNT: u32 = 65_536;

/// Where root's namespaces begin, best first: above what distributions hand out, then where they begin to.
const BASES: [u32; 2] = [1_900_000_000, 100_000];

/// The ids of a namespace as ids of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    /// For root, who may write any map: `0..COUNT` are `base..base + COUNT`.
    Direct { base: u32 },
    /// For others, by newuidmap: 0 is the user, the rest comes out of the ranges the user was given.
    Helped { uid: u32, gid: u32, sub_uids: Given, sub_gids: Given },
}

/// A range of ids a user was given in `/etc/subuid` or `/etc/subgid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) start: u32,
    pub(crate) count: u32,
}

impl Ids {
    /// Chooses for root, whose own namespace has this `uid_map`; the error is a sentence.
    pub(crate) fn for_root(uid_map: &str) -> Result<Ids, String> {
        let has =
            |base: u32| ranges(uid_map).any(|(start, count)| base >= start && base - start <= count - COUNT);
        // In a container that itself has few ids, its own are all there are; root there is nobody outside.
        let bases = BASES.into_iter().chain((!is_initial(uid_map)).then_some(0));
        bases.into_iter().find(|base| has(*base)).map(|base| Ids::Direct { base }).ok_or_else(|| {
            "this container has fewer than 65536 user ids, and an image needs as many: give the container more, \
             or build as an ordinary user of the host"
                .to_owned()
        })
    }

    /// Chooses for an ordinary user; `subuid` and `subgid` are the texts of the files of that name.
    pub(crate) fn for_user(
        uid: u32,
        gid: u32,
        name: &str,
        subuid: &str,
        subgid: &str,
    ) -> Result<Ids, String> {
        let find = |file: &str, text: &str| {
            given(text, uid, name).ok_or_else(|| {
                format!(
                    "/etc/{file} gives no 65536 ids to {name}, and an image has files of many users; this gives \
                     them: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {name}"
                )
            })
        };
        Ok(Ids::Helped { uid, gid, sub_uids: find("subuid", subuid)?, sub_gids: find("subgid", subgid)? })
    }

    /// Returns the user and group of the host that root of the namespace is.
    pub(crate) fn root(&self) -> (u32, u32) {
        match self {
            Ids::Direct { base } => (*base, *base),
            Ids::Helped { uid, gid, .. } => (*uid, *gid),
        }
    }
}

/// Reads the ranges a namespace has, as (first id inside, how many), if they are long enough.
fn ranges(uid_map: &str) -> impl Iterator<Item = (u32, u32)> {
    uid_map.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        let (start, count) = (numbers.next()?.ok()?, numbers.nth(1)?.ok()?);
        (count >= COUNT).then_some((start, count))
    })
}

fn is_initial(uid_map: &str) -> bool {
    ranges(uid_map).any(|range| range == (0, u32::MAX))
}

fn given(text: &str, uid: u32, name: &str) -> Option<Given> {
    text.lines().find_map(|line| {
        let mut parts = line.split(':');
        let who = parts.next()?.trim();
        let mut number = || parts.next()?.trim().parse::<u32>().ok();
        let (start, count) = (number()?, number()?);
        let enough = (who == name || who == uid.to_string()) && count >= COUNT - 1;
        enough.then_some(Given { start, count: COUNT - 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_takes_ids_that_its_own_namespace_has() {
        for (map, base) in [
            ("         0          0 4294967295\n", Some(1_900_000_000)),
            ("0 100000 1000000", Some(100_000)),
            ("0 100000 65536", Some(0)),
            ("0 1000 1\n1 100000 65536", None),
            ("0 1000 1", None),
            ("", None),
        ] {
            assert_eq!(Ids::for_root(map).ok(), base.map(|base| Ids::Direct { base }), "{map}");
        }
    }

    #[test]
    fn a_user_takes_the_ids_the_files_give() {
        let text = "ana:100000:65536\n1002:300000:65536\nshort:1:10\n";
        let taken = |uid, name| {
            Ids::for_user(uid, 7, name, text, text).map(|ids| match ids {
                Ids::Helped { sub_uids, .. } => sub_uids.start,
                Ids::Direct { base } => base,
            })
        };

        assert_eq!(taken(1001, "ana"), Ok(100_000));
        assert_eq!(taken(1002, "bob"), Ok(300_000));
        assert!(taken(1003, "short").unwrap_err().contains("usermod --add-subuids"));
    }
}
