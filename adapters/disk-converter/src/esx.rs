//! A flat vmdk as those of the file system of VMware's servers are described.

use std::fs;
use std::io;
use std::path::Path;

/// Rewrites the file that describes a flat vmdk.
pub(crate) fn rewrap(file: &Path) -> io::Result<()> {
    let text = fs::read_to_string(file)?;
    fs::write(file, described(&text).ok_or_else(|| io::Error::other("qemu-img wrote none we know"))?)
}

/// Returns the description for ESX; none when it is not that of one flat file.
///
/// There, the type is `vmfs`, and so is the file, which has no offset. ESX knows no IDE disks.
fn described(text: &str) -> Option<String> {
    let mut extents = 0;
    let lines = text.lines().map(|line| {
        if let Some(rest) = line.strip_prefix("RW ") {
            extents += 1;
            let (sectors, file) = rest.split_once(" FLAT ")?;
            return Some(format!("RW {sectors} VMFS {}", file.strip_suffix(" 0")?));
        }
        Some(match line {
            "createType=\"monolithicFlat\"" => "createType=\"vmfs\"".to_owned(),
            "ddb.adapterType = \"ide\"" => "ddb.adapterType = \"lsilogic\"".to_owned(),
            other => other.to_owned(),
        })
    });
    let lines: Vec<String> = lines.collect::<Option<_>>()?;
    let is_esx = lines.iter().any(|line| line == "createType=\"vmfs\"");
    (extents == 1 && is_esx).then(|| lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn one_flat_file_becomes_one_of_vmfs() {
        let flat = "# Disk DescriptorFile\nCID=1\ncreateType=\"monolithicFlat\"\n\nRW 2048 FLAT \"n-flat.vmdk\" 0\n\n\
                    ddb.adapterType = \"ide\"\n";
        let esx = "# Disk DescriptorFile\nCID=1\ncreateType=\"vmfs\"\n\nRW 2048 VMFS \"n-flat.vmdk\"\n\n\
                   ddb.adapterType = \"lsilogic\"\n";
        assert_eq!(described(flat).as_deref(), Some(esx));
        for other in ["", "createType=\"monolithicSparse\"\nRW 2048 SPARSE \"n.vmdk\"\n", esx] {
            assert_eq!(described(other), None, "{other}");
        }
    }
}
