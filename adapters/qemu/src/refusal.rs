//! What qemu says when it does not start.

use crate::{Error, Machine};

/// Reads from the end of what qemu printed why there is no machine.
pub(crate) fn refusal(machine: &Machine, said: &str) -> Error {
    let line =
        said.lines().rfind(|line| !line.contains(": warning: ")).unwrap_or("it printed nothing").trim();
    let line = line.split_once("qemu-system-x86_64: ").map_or(line, |(_, line)| line);
    if said.contains("Could not set up host forwarding rule")
        && let Some(Some(port)) = machine.network.port()
    {
        return Error::PortTaken(port);
    }
    if line.contains("Could not access KVM") || line.contains("failed to initialize kvm") {
        return Error::Kvm(format!("KVM was asked for, but qemu says: {line}"));
    }
    Error::Refused(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Network;

    #[test]
    fn what_qemu_says_becomes_a_sentence() {
        let mut machine = Machine::new("/x".as_ref());
        machine.network = Network::Everything(Some(2222));
        let port = "qemu-system-x86_64: -netdev user,id=net: Could not set up host forwarding rule 'tcp:127.0.0.1:2222-:22'";
        assert_eq!(refusal(&machine, port), Error::PortTaken(2222));
        let kvm = "Could not access KVM kernel module: Permission denied\nqemu-system-x86_64: -accel kvm: failed to initialize kvm: Permission denied";
        assert!(matches!(refusal(&machine, kvm), Error::Kvm(_)));
        let other = "qemu-system-x86_64: warning: x\nqemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory\n";
        assert_eq!(
            refusal(&machine, other).to_string(),
            "qemu does not start the machine: cannot set up guest memory 'pc.ram': Cannot allocate memory"
        );
    }
}
