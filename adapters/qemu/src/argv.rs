//! A machine as the words that start it; pure.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::{Accel, Boot, Bus, Machine, Network};

/// Where a distribution has its UEFI.
pub(crate) const UEFI: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";

/// What is only known when a machine starts.
pub(crate) struct Facts<'a> {
    /// KVM or TCG.
    pub(crate) accel: Accel,
    /// The descriptors of its side of the console and of QMP.
    pub(crate) console: i32,
    pub(crate) qmp: i32,
    /// The file of each disk, and qemu's word for its form.
    pub(crate) disks: &'a [(PathBuf, &'static str)],
    /// The variables of its UEFI.
    pub(crate) variables: Option<&'a Path>,
}

/// Returns the words that start a machine.
pub(crate) fn argv(machine: &Machine, facts: &Facts<'_>) -> Vec<OsString> {
    let mut words = Words(vec![machine.program.clone().into()]);
    words.add("-nodefaults -no-user-config -display none -no-reboot");
    words.pair("-name", setting("guest=".into(), &machine.folder)); // for those who look at processes
    // A guest that breaks out of its machine starts nothing here and becomes nobody else.
    words.pair("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    words.pair("-machine", if machine.boot == Boot::Uefi { "q35" } else { "pc" });
    words.pair("-accel", if facts.accel == Accel::Kvm { "kvm" } else { "tcg" });
    words.pair("-cpu", "max");
    words.pair("-m", machine.memory.to_string());
    words.pair("-smp", machine.cpus.to_string());
    words.pair("-chardev", format!("socket,id=qmp,fd={}", facts.qmp));
    words.pair("-mon", "chardev=qmp,mode=control");
    words.pair("-chardev", format!("socket,id=console,fd={}", facts.console));
    words.pair("-serial", "chardev:console");
    words.pair("-device", "virtio-rng-pci");
    boot(&mut words, machine, facts);
    for (number, disk) in machine.disks.iter().enumerate() {
        let (path, format) = &facts.disks[number];
        let read_only = if disk.bus == Bus::Cd { ",readonly=on" } else { "" };
        words.pair(
            "-drive",
            setting(format!("if=none,id=disk{number},format={format},discard=unmap{read_only},file="), path),
        );
        let device = match disk.bus {
            Bus::Virtio => "virtio-blk-pci",
            Bus::Ide => "ide-hd",
            Bus::Cd => "ide-cd",
        };
        words.pair("-device", format!("{device},drive=disk{number},bootindex={number}"));
    }
    for (number, share) in machine.shares.iter().enumerate() {
        let model = if share.mapped { "mapped-xattr" } else { "none" };
        let read_only = if share.read_only { ",readonly=on" } else { "" };
        let about = format!("local,id=share{number},security_model={model},multidevs=remap{read_only},path=");
        words.pair("-fsdev", setting(about, &share.folder));
        let about = format!("virtio-9p-pci,fsdev=share{number},mount_tag=");
        words.pair("-device", setting(about, Path::new(&share.tag)));
    }
    network(&mut words, &machine.network);
    words.0
}

fn boot(words: &mut Words, machine: &Machine, facts: &Facts<'_>) {
    match (&machine.boot, facts.variables) {
        (Boot::Kernel { kernel, initrd, append }, _) => {
            words.pair("-kernel", kernel);
            if let Some(initrd) = initrd {
                words.pair("-initrd", initrd);
            }
            words.pair("-append", append);
        }
        (Boot::Uefi, Some(variables)) => {
            words.pair(
                "-drive",
                setting("if=pflash,unit=0,format=raw,readonly=on,file=".into(), Path::new(UEFI)),
            );
            words.pair("-drive", setting("if=pflash,unit=1,format=raw,file=".into(), variables));
        }
        (Boot::Bios | Boot::Uefi, _) => {}
    }
}

fn network(words: &mut Words, network: &Network) {
    let Some(port) = network.port() else {
        words.pair("-nic", "none");
        return;
    };
    let restrict = if matches!(network, Network::OnlySsh(_)) { "on" } else { "off" };
    let forward = format!("tcp:127.0.0.1:{}-:22", port.unwrap_or(0)); // 0: the kernel chooses
    words.pair("-netdev", format!("user,id=net,restrict={restrict},hostfwd={forward}"));
    words.pair("-device", "virtio-net-pci,netdev=net");
}

struct Words(Vec<OsString>);

impl Words {
    fn add(&mut self, words: &str) {
        self.0.extend(words.split(' ').map(OsString::from));
    }

    fn pair(&mut self, option: &str, value: impl AsRef<OsStr>) {
        self.0.extend([option.into(), value.as_ref().to_owned()]);
    }
}

/// Adds the last value of an option: qemu splits options at commas, which are therefore doubled.
fn setting(about: String, value: &Path) -> OsString {
    let mut bytes = about.into_bytes();
    for byte in value.as_os_str().as_bytes() {
        bytes.extend(std::iter::repeat_n(*byte, if *byte == b',' { 2 } else { 1 }));
    }
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Disk, Share};

    fn words(machine: &Machine) -> String {
        let disks: Vec<_> =
            machine.disks.iter().map(|disk| (disk.path.clone(), disk.format.word())).collect();
        let facts = Facts {
            accel: Accel::Tcg,
            console: 8,
            qmp: 9,
            disks: &disks,
            variables: Some(Path::new("/x/variables")),
        };
        let argv = argv(machine, &facts);
        argv.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_path_stays_one_value_whatever_is_in_it() {
        let mut machine = Machine::new(Path::new("/x"));
        machine.disks.push(Disk::throw_away("/x/a,snapshot=on b.qcow2"));
        let share =
            Share { tag: "work".into(), folder: "/x/c,readonly=off".into(), read_only: true, mapped: false };
        machine.shares.push(share);

        let words = words(&machine);

        assert!(words.contains("format=qcow2,discard=unmap,file=/x/a,,snapshot=on b.qcow2 "), "{words}");
        assert!(words.contains(",readonly=on,path=/x/c,,readonly=off "), "{words}");
        assert!(words.contains("mount_tag=work"), "{words}");
    }

    #[test]
    fn each_network_and_each_way_to_boot_has_its_words() {
        let mut machine = Machine::new(Path::new("/x"));
        assert!(words(&machine).contains("-nic none"));
        assert!(words(&machine).contains("-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,"));
        machine.network = Network::OnlySsh(None);
        assert!(words(&machine).contains("user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22"));
        machine.network = Network::Everything(Some(2222));
        assert!(words(&machine).contains("user,id=net,restrict=off,hostfwd=tcp:127.0.0.1:2222-:22"));
        machine.boot = Boot::Uefi;
        assert!(
            words(&machine).contains("-machine q35")
                && words(&machine).contains("unit=1,format=raw,file=/x/variables")
        );
        machine.boot = Boot::Kernel {
            kernel: "/k".into(),
            initrd: Some("/i".into()),
            append: "root=/dev/vda quiet".into(),
        };
        assert!(words(&machine).contains("-kernel /k -initrd /i -append root=/dev/vda quiet"));
    }
}
