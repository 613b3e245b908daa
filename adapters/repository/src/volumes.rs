//! The order of the volumes of one image.
//!
//! Volumes are told apart by what follows the last dot: digits, with or without zeros before them, or letters from `aa` on,
//! as split, Clonezilla, FOG and partimage write them. `split` makes these longer when they run out: `yz` is followed by
//! `zaaa`. A volume that is missing is noticed.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What two or more letters after a dot mean oftener than a volume.
const NO_VOLUMES: [&[u8]; 18] = [
    b"sum", b"img", b"dsk", b"pgz", b"ant", b"md5", b"txt", b"log", b"bak", b"tmp", b"iso", b"raw", b"lzo",
    b"zst", b"gz", b"xz", b"lz", b"bz",
];

/// What the name of a volume says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Volume {
    stem: Vec<u8>,
    suffix: Vec<u8>,
}

impl Volume {
    fn of(name: &OsStr) -> Option<Volume> {
        let name = name.as_bytes();
        let dot = name.iter().rposition(|byte| *byte == b'.')?;
        let (stem, suffix) = (&name[..dot], &name[dot + 1..]);
        let digits = (1..=9).contains(&suffix.len()) && suffix.iter().all(u8::is_ascii_digit);
        let letters = (2..=9).contains(&suffix.len()) && suffix.iter().all(u8::is_ascii_lowercase);
        (!stem.is_empty() && (digits || letters))
            .then(|| Volume { stem: stem.to_owned(), suffix: suffix.to_owned() })
    }

    fn digits(&self) -> bool {
        self.suffix[0].is_ascii_digit()
    }

    fn name(&self, suffix: &[u8]) -> OsString {
        OsString::from_vec([&self.stem[..], b".", suffix].concat())
    }

    fn first_suffix(&self) -> Vec<u8> {
        vec![if self.digits() { b'0' } else { b'a' }; self.suffix.len()]
    }

    /// Whether it may be the first.
    fn begins(&self) -> bool {
        if self.digits() { matches!(number(&self.suffix), 0 | 1) } else { self.suffix == self.first_suffix() }
    }

    /// What may follow it, the likeliest first.
    fn next(&self) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        if self.digits() {
            let next = number(&self.suffix) + 1;
            all.push(format!("{next:0width$}", width = self.suffix.len()).into_bytes());
            all.push(next.to_string().into_bytes());
        } else if let Some(next) = letters_after(&self.suffix) {
            all.push(next);
        }
        all.extend(longer(&self.suffix));
        all
    }
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

fn letters_after(letters: &[u8]) -> Option<Vec<u8>> {
    let mut next = letters.to_owned();
    for letter in next.iter_mut().rev() {
        if *letter < b'z' {
            *letter += 1;
            return Some(next);
        }
        *letter = b'a';
    }
    None
}

/// What `split` goes on with when two more places are needed: `zaaa` after `yz`, `9000` after `89`.
fn longer(suffix: &[u8]) -> Option<Vec<u8>> {
    let (zero, last) = if suffix[0].is_ascii_digit() { (b'0', b'9') } else { (b'a', b'z') };
    let full = suffix.iter().take_while(|sign| **sign == last).count();
    let fits = suffix.len() == 2 * full + 2
        && suffix[full] == last - 1
        && suffix[full + 1..].iter().all(|sign| *sign == last);
    fits.then(|| [vec![last; full + 1], vec![zero; full + 3]].concat())
}

/// Puts volumes that were named into their order.
pub(crate) fn in_order(names: &[OsString]) -> Result<Vec<OsString>, String> {
    let mut left: Vec<Volume> = Vec::new();
    for name in names {
        let shown = name.to_string_lossy();
        let volume = Volume::of(name).ok_or_else(|| {
            format!("{shown:?} does not say which volume it is: name them so that they end in .000, .001 … or .aa, .ab …")
        })?;
        if let Some(other) = left.first()
            && (other.stem != volume.stem || other.digits() != volume.digits())
        {
            let other = other.name(&other.suffix);
            return Err(format!("{shown:?} and {other:?} are not volumes of one image: their names differ"));
        }
        if left.contains(&volume) {
            return Err(format!("{shown:?} is named twice"));
        }
        left.push(volume);
    }
    let first = left.iter().filter(|one| one.begins()).min_by_key(|one| number_or_zero(one)).cloned();
    let Some(first) = first else {
        let one = left.first().ok_or("no file is named")?;
        return Err(format!("the first volume is missing, {:?}", one.name(&one.first_suffix())));
    };
    let mut ordered = vec![first.name(&first.suffix)];
    left.retain(|one| *one != first);
    let mut now = first;
    while !left.is_empty() {
        let next = now.next().into_iter().find_map(|suffix| left.iter().position(|one| one.suffix == suffix));
        let Some(at) = next else {
            let missing = now.next().first().map(|suffix| now.name(suffix)).unwrap_or_default();
            let there = left.iter().map(|one| one.name(&one.suffix)).min().unwrap_or_default();
            return Err(format!("the volume {missing:?} is missing: {there:?} is there"));
        };
        now = left.remove(at);
        ordered.push(now.name(&now.suffix));
    }
    Ok(ordered)
}

fn number_or_zero(volume: &Volume) -> u64 {
    if volume.digits() { number(&volume.suffix) } else { 0 }
}

/// Finds the other volumes of a file that is named alone, among the names beside it; a file that has none is whole.
pub(crate) fn beside(name: &OsStr, others: &[OsString]) -> Result<Vec<OsString>, String> {
    let alone = Ok(vec![name.to_owned()]);
    let Some(this) = Volume::of(name).filter(|this| !NO_VOLUMES.contains(&&*this.suffix)) else {
        return alone;
    };
    let mut all: Vec<Volume> = others.iter().filter_map(|other| Volume::of(other)).collect();
    all.retain(|other| {
        other.stem == this.stem
            && other.digits() == this.digits()
            // letters of another length are endings of other files, but for those of `split`
            && (this.digits() || other.suffix.len() == this.suffix.len() || other.suffix[0] == b'z')
    });
    let follows = |one: &Volume| all.iter().any(|before| before.next().contains(&one.suffix));
    let is_one = |one: &&Volume| !NO_VOLUMES.contains(&&*one.suffix) || follows(one);
    let all: Vec<OsString> = all.iter().filter(is_one).map(|one| one.name(&one.suffix)).collect();
    // more than two letters are an ending like any other, unless the first volume is there
    let is_ending = this.suffix.len() > 2 && !this.digits();
    let begins = |name: &OsString| Volume::of(name).is_some_and(|one| one.begins());
    if all.len() < 2 || (is_ending && !all.iter().any(begins)) {
        return alone;
    }
    let ordered = in_order(&all)?;
    if ordered[0] == name {
        Ok(ordered)
    } else {
        Err(format!(
            "{name:?} is not the first volume: name {:?}, the others are found beside it",
            ordered[0]
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<OsString> {
        texts.iter().map(Into::into).collect()
    }

    #[test]
    fn volumes_are_put_into_order_and_gaps_noticed() {
        for (given, order) in [
            (&["a.img.001", "a.img.000", "a.img.002"][..], &["a.img.000", "a.img.001", "a.img.002"][..]),
            (
                &["a.10", "a.9", "a.1", "a.2", "a.3", "a.4", "a.5", "a.6", "a.7", "a.8"],
                &["a.1", "a.2", "a.3", "a.4", "a.5", "a.6", "a.7", "a.8", "a.9", "a.10"],
            ),
            (&["s.ba", "s.az", "s.aa"], &[]),
            (&["s.ab", "s.aa"], &["s.aa", "s.ab"]),
            (&["a.000", "a.002"], &[]),
            (&["a.001", "a.002"], &["a.001", "a.002"]),
            (&["a.002", "a.003"], &[]),
            (&["a.000", "b.001"], &[]),
            (&["a.000", "a.aa"], &[]),
            (&["a.000", "a.000"], &[]),
            (&["a", "b"], &[]),
            (&["a.img", "a.dsk"], &[]),
        ] {
            let found = in_order(&names(given)).ok().unwrap_or_default();
            assert_eq!(found, names(order), "{given:?}");
        }
        let gap = in_order(&names(&["a.000", "a.002"])).unwrap_err();
        assert_eq!(gap, r#"the volume "a.001" is missing: "a.002" is there"#);
    }

    #[test]
    fn suffixes_grow_as_split_lets_them() {
        let mut all = Vec::new();
        let mut now = Volume { stem: b"x".to_vec(), suffix: b"aa".to_vec() };
        for _ in 0..2000 {
            all.push(now.name(&now.suffix));
            let next = longer(&now.suffix).or_else(|| letters_after(&now.suffix)).unwrap();
            now.suffix = next;
        }
        assert_eq!(
            (&*all[649], &*all[650], &*all[1999]),
            (OsStr::new("x.yz"), OsStr::new("x.zaaa"), OsStr::new("x.zbzx"))
        );
        let mut mixed = all.clone();
        mixed.reverse();
        assert_eq!(in_order(&mixed).unwrap(), all);
        assert_eq!(longer(b"89").unwrap(), b"9000");
        assert_eq!(longer(b"9899").unwrap(), b"990000");
    }

    #[test]
    fn the_others_are_found_beside_the_first() {
        let folder = names(&[
            "w.img.aa",
            "w.img.ab",
            "w.img.sum",
            "w.img.info",
            "x.img",
            "x.img.sum",
            "y.000",
            "z.1",
            "z.0",
            "lab.lzop",
            "lab.gzip",
            "lab.part",
            "v.aab",
            "v.aaa",
        ]);
        assert_eq!(beside("w.img.aa".as_ref(), &folder).unwrap(), names(&["w.img.aa", "w.img.ab"]));
        assert_eq!(beside("x.img".as_ref(), &folder).unwrap(), names(&["x.img"]));
        assert_eq!(beside("y.000".as_ref(), &folder).unwrap(), names(&["y.000"]));
        assert_eq!(beside("z.0".as_ref(), &folder).unwrap(), names(&["z.0", "z.1"]));
        assert_eq!(
            beside("lab.lzop".as_ref(), &folder).unwrap(),
            names(&["lab.lzop"]),
            "no volume of lab.gzip"
        );
        assert!(beside("v.aab".as_ref(), &folder).unwrap_err().contains("not the first"));
        assert!(beside("w.img.ab".as_ref(), &folder).unwrap_err().contains("not the first"));
    }
}
