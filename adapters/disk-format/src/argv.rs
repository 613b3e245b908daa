//! The words of programs that convert disks; pure.

use std::ffi::OsString;
use std::path::Path;

use imaging::VirtualDisk;

/// Returns what qemu-img calls a form: its format, then what it has to know about it.
pub fn qemu_img_form(form: VirtualDisk) -> &'static [&'static str] {
    match form {
        VirtualDisk::Vdi => &["vdi"],
        VirtualDisk::VdiFixed => &["vdi", "-o", "static=on"],
        VirtualDisk::Vmdk => &["vmdk"],
        // what is for ESX is the same in another wrapper, which qemu-img does not write
        VirtualDisk::VmdkFixed | VirtualDisk::VmdkEsx => &["vmdk", "-o", "subformat=monolithicFlat"],
        VirtualDisk::VmdkSplit => &["vmdk", "-o", "subformat=twoGbMaxExtentSparse"],
        VirtualDisk::VmdkSplitFixed => &["vmdk", "-o", "subformat=twoGbMaxExtentFlat"],
        VirtualDisk::VmdkStream => &["vmdk", "-o", "subformat=streamOptimized"],
        // Without it the disk would be as large as some number of heads and cylinders, and a GPT not end at its end.
        VirtualDisk::Vhd => &["vpc", "-o", "force_size=on"],
        VirtualDisk::VhdFixed => &["vpc", "-o", "subformat=fixed,force_size=on"],
    }
}

/// Writes a raw disk in another form, as [`qemu_img_form`] or another word of qemu-img says it.
pub fn qemu_img_convert(form: &[&str], disk: &Path, file: &Path) -> Vec<OsString> {
    let mut argv: Vec<OsString> = ["qemu-img", "convert", "-f", "raw", "-O"].map(Into::into).into();
    argv.extend(form.iter().map(OsString::from));
    argv.extend([disk.into(), file.into()]);
    argv
}

/// Likewise, by VirtualBox itself.
pub fn vboxmanage_convert(program: &Path, form: VirtualDisk, disk: &Path, file: &Path) -> Vec<OsString> {
    let variants = form.variants().join(",");
    let mut argv: Vec<OsString> = vec![program.into(), "convertfromraw".into(), disk.into(), file.into()];
    argv.extend(["--format", form.format(), "--variant", &variants].map(OsString::from));
    argv
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtualbox_is_told_its_own_words() {
        let argv = vboxmanage_convert(
            Path::new("/b/VBoxManage"),
            VirtualDisk::VmdkSplitFixed,
            Path::new("a"),
            Path::new("b"),
        );
        let words: Vec<_> = argv.iter().map(|word| word.to_str().unwrap()).collect();
        assert_eq!(
            words,
            ["/b/VBoxManage", "convertfromraw", "a", "b", "--format", "VMDK", "--variant", "Fixed,Split2G"]
        );
    }

    #[test]
    fn no_two_forms_are_the_same_to_qemu_but_that_for_esx() {
        let mut forms: Vec<_> =
            VirtualDisk::all().filter(|form| *form != VirtualDisk::VmdkEsx).map(qemu_img_form).collect();
        forms.sort_unstable();
        forms.dedup();
        assert_eq!(forms.len(), 9);
    }
}
