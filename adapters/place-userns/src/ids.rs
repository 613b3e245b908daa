//! Which users of the host the users of a namespace are; pure.

/// How many ids a namespace has: 0 to 65535, as every distribution expects.
pub(crate) const COUNT: u32 = 65_536;

/// Where root's namespaces begin, best first: above what distributions hand out, then where they begin to.
const BASES: [u32; 2] = [1_900_000_000, 100_000];

/// The ids of a namespace as ids of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    /// For root, who may write any map: the lines of both maps, and which user and group root of the namespace is.
    Direct { uid_map: String, gid_map: String, root: (u32, u32) },
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
    /// Chooses for root, whose own namespace has these maps; the error is a sentence.
    pub(crate) fn for_root(own_uid_map: &str, own_gid_map: &str) -> Result<Ids, String> {
        let (uid_map, uid) = part_of(own_uid_map)?;
        let (gid_map, gid) = part_of(own_gid_map)?;
        Ok(Ids::Direct { uid_map, gid_map, root: (uid, gid) })
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
                     them: {}",
                    give(name)
                )
            })
        };
        Ok(Ids::Helped { uid, gid, sub_uids: find("subuid", subuid)?, sub_gids: find("subgid", subgid)? })
    }

    /// Returns the user and group of the host that root of the namespace is.
    pub(crate) fn root(&self) -> (u32, u32) {
        match self {
            Ids::Direct { root, .. } => *root,
            Ids::Helped { uid, gid, .. } => (*uid, *gid),
        }
    }
}

/// Chooses a part of the ids a namespace has: the lines of a map, and the id of its root.
fn part_of(own_map: &str) -> Result<(String, u32), String> {
    let ranges: Vec<(u32, u32)> = own_map.lines().filter_map(range).collect();
    let holds = |base: u32| {
        ranges.iter().any(|(start, count)| base.checked_sub(*start).is_some_and(|at| at + COUNT <= *count))
    };
    if let Some(base) = BASES.into_iter().find(|base| holds(*base)) {
        return Ok((format!("0 {base} {COUNT}\n"), base));
    }
    // In a container that itself has few ids, its own are all there are; root there is nobody outside. They may come in
    // several ranges, and the kernel wants a line for each.
    let mut lines = String::new();
    let mut next = 0;
    while let Some((_, count)) = ranges.iter().find(|(start, _)| *start == next).filter(|_| next < COUNT) {
        lines.push_str(&format!("{next} {next} {count}\n"));
        next = next.saturating_add(*count);
    }
    if next >= COUNT {
        return Ok((lines, 0));
    }
    Err("this container has fewer than 65536 user ids, and an image needs as many: give the container more, or build as \
         an ordinary user of the host"
        .to_owned())
}

/// Reads a line of a map, as (first id inside, how many).
fn range(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.split_whitespace().map(str::parse::<u32>);
    Some((numbers.next()?.ok()?, numbers.nth(1)?.ok()?))
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

/// Writes the command that gives a user ids.
pub(crate) fn give(name: &str) -> String {
    format!("sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_takes_ids_that_its_own_namespace_has() {
        for (map, taken) in [
            ("         0          0 4294967295\n", Some(("0 1900000000 65536\n", 1_900_000_000))),
            ("0 100000 1000000", Some(("0 100000 65536\n", 100_000))),
            ("0 100000 65536", Some(("0 0 65536\n", 0))),
            ("0 1000 1\n1 100000 65535", Some(("0 0 1\n1 1 65535\n", 0))),
            ("0 1000 1\n1 100000 65534", None),
            ("0 1000 1", None),
            ("", None),
        ] {
            assert_eq!(part_of(map).ok(), taken.map(|(lines, root)| (lines.to_owned(), root)), "{map}");
        }
    }

    #[test]
    fn a_user_takes_the_ids_the_files_give() {
        let text = "ana:100000:65536\n1002:300000:65536\nshort:1:10\n";
        let taken = |uid, name| {
            Ids::for_user(uid, 7, name, text, text).map(|ids| match ids {
                Ids::Helped { sub_uids, .. } => sub_uids.start,
                Ids::Direct { root, .. } => root.0,
            })
        };

        assert_eq!(taken(1001, "ana"), Ok(100_000));
        assert_eq!(taken(1002, "bob"), Ok(300_000));
        assert!(taken(1003, "short").unwrap_err().contains("usermod --add-subuids"));
    }
}
