//! The forms a disk may have as files of a virtual machine, in the words of VirtualBox.

use std::collections::BTreeSet;

use crate::NotAWord;

/// A form of a disk: a format, and how it is laid out in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VirtualDisk {
    /// For VirtualBox; grows.
    Vdi,
    /// For VirtualBox, all of it there.
    VdiFixed,
    /// For VMware; grows.
    Vmdk,
    /// For VMware, all of it there: a file that describes the disk, and one with its bytes.
    VmdkFixed,
    /// For VMware, in files of 2 GB that grow.
    VmdkSplit,
    /// For VMware, in files of 2 GB, all of it there.
    VmdkSplitFixed,
    /// For VMware, compressed, to be read from the beginning to the end.
    VmdkStream,
    /// For the file system of VMware's servers.
    VmdkEsx,
    /// For Hyper-V and Virtual PC; grows.
    Vhd,
    /// For Hyper-V and Virtual PC, all of it there.
    VhdFixed,
}

/// Each form, its format and its variants.
const TABLE: [(VirtualDisk, &str, &[&str]); 10] = [
    (VirtualDisk::Vdi, "VDI", &["Standard"]),
    (VirtualDisk::VdiFixed, "VDI", &["Fixed"]),
    (VirtualDisk::Vmdk, "VMDK", &["Standard"]),
    (VirtualDisk::VmdkFixed, "VMDK", &["Fixed"]),
    (VirtualDisk::VmdkSplit, "VMDK", &["Split2G"]),
    (VirtualDisk::VmdkSplitFixed, "VMDK", &["Fixed", "Split2G"]),
    (VirtualDisk::VmdkStream, "VMDK", &["Stream"]),
    (VirtualDisk::VmdkEsx, "VMDK", &["ESX"]),
    (VirtualDisk::Vhd, "VHD", &["Standard"]),
    (VirtualDisk::VhdFixed, "VHD", &["Fixed"]),
];

const VARIANTS: [&str; 5] = ["Standard", "Fixed", "Split2G", "Stream", "ESX"];

impl VirtualDisk {
    /// Returns every form.
    pub fn all() -> impl Iterator<Item = VirtualDisk> {
        TABLE.into_iter().map(|(form, ..)| form)
    }

    /// Reads a format, `VDI` when it is empty, and variants with commas between them, `Standard` when there are none; as
    /// VBoxManage, it takes capitals for small letters.
    pub fn parse(format: &str, variant: &str) -> Result<VirtualDisk, NotAWord> {
        let format = if format.is_empty() { "VDI" } else { format };
        let formats: BTreeSet<&str> = TABLE.iter().map(|(_, format, _)| *format).collect();
        let known: Vec<&str> = formats.into_iter().collect();
        let Some(format) = known.iter().find(|known| known.eq_ignore_ascii_case(format)) else {
            return Err(NotAWord(format!("no disk format `{format}`; there are {}", known.join(", "))));
        };
        let mut asked = BTreeSet::new();
        for word in variant.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match VARIANTS.iter().find(|known| known.eq_ignore_ascii_case(word)) {
                Some(variant) => asked.insert(*variant),
                None => {
                    let known = VARIANTS.join(", ");
                    return Err(NotAWord(format!("no disk variant `{word}`; there are {known}")));
                }
            };
        }
        if asked.len() != 1 {
            asked.remove("Standard"); // it adds nothing to others
        }
        if asked.is_empty() {
            asked.insert("Standard");
        }
        let rows = TABLE.iter().filter(|(_, of, _)| of == format);
        let found =
            rows.clone().find(|(.., variants)| variants.iter().copied().collect::<BTreeSet<_>>() == asked);
        found.map(|(form, ..)| *form).ok_or_else(|| {
            let asked = asked.into_iter().collect::<Vec<_>>().join(",");
            let has: Vec<_> = rows.map(|(.., variants)| variants.join(",")).collect();
            NotAWord(format!("no {format} is {asked}; it may be {}", has.join(" or ")))
        })
    }

    /// Returns the word for its format.
    pub fn format(self) -> &'static str {
        self.row().1
    }

    /// Returns the words for how it is laid out.
    pub fn variants(self) -> &'static [&'static str] {
        self.row().2
    }

    /// Returns what the name of its first file ends in.
    pub fn ending(self) -> &'static str {
        match self.format() {
            "VDI" => "vdi",
            "VMDK" => "vmdk",
            _ => "vhd",
        }
    }

    fn row(self) -> (VirtualDisk, &'static str, &'static [&'static str]) {
        *TABLE.iter().find(|(form, ..)| *form == self).expect("the table has every form")
    }
}

impl std::fmt::Display for VirtualDisk {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.format(), self.variants().join(","))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Every set of variants, each with every format: what there is, and nothing else.
    #[test]
    fn each_combination_is_a_form_or_refused_by_name() {
        let mut found: BTreeMap<VirtualDisk, Vec<String>> = BTreeMap::new();
        for format in ["VDI", "VMDK", "VHD"] {
            for bits in 0..1 << VARIANTS.len() {
                let chosen: Vec<_> = (0..VARIANTS.len()).filter(|bit| bits >> bit & 1 == 1).collect();
                let words = chosen.iter().map(|bit| VARIANTS[*bit]).collect::<Vec<_>>().join(",");
                match VirtualDisk::parse(format, &words) {
                    Ok(form) => found.entry(form).or_default().push(words),
                    Err(refused) => {
                        assert!(refused.0.starts_with(&format!("no {format} is ")), "{refused}");
                    }
                }
            }
        }
        let expected = [
            (VirtualDisk::Vdi, vec!["", "Standard"]),
            (VirtualDisk::VdiFixed, vec!["Fixed", "Standard,Fixed"]),
            (VirtualDisk::Vmdk, vec!["", "Standard"]),
            (VirtualDisk::VmdkFixed, vec!["Fixed", "Standard,Fixed"]),
            (VirtualDisk::VmdkSplit, vec!["Split2G", "Standard,Split2G"]),
            (VirtualDisk::VmdkSplitFixed, vec!["Fixed,Split2G", "Standard,Fixed,Split2G"]),
            (VirtualDisk::VmdkStream, vec!["Stream", "Standard,Stream"]),
            (VirtualDisk::VmdkEsx, vec!["ESX", "Standard,ESX"]),
            (VirtualDisk::Vhd, vec!["", "Standard"]),
            (VirtualDisk::VhdFixed, vec!["Fixed", "Standard,Fixed"]),
        ];
        let expected: BTreeMap<_, _> = expected
            .map(|(form, words)| (form, words.into_iter().map(ToOwned::to_owned).collect::<Vec<_>>()))
            .into();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_are_read_as_people_write_them() {
        assert_eq!(VirtualDisk::parse("", ""), Ok(VirtualDisk::Vdi));
        assert_eq!(VirtualDisk::parse("vmdk", " split2g , fixed"), Ok(VirtualDisk::VmdkSplitFixed));
        for (format, variant, refused) in [
            ("QED", "", "no disk format `QED`; there are VDI, VHD, VMDK"),
            ("VDI", "thin", "no disk variant `thin`; there are Standard, Fixed, Split2G, Stream, ESX"),
            ("VDI", "Stream", "no VDI is Stream; it may be Standard or Fixed"),
        ] {
            assert_eq!(VirtualDisk::parse(format, variant).unwrap_err().0, refused);
        }
    }
}
