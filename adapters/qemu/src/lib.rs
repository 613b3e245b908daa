//! A virtual machine of qemu as a value.
//!
//! A [`Machine`] says what there is to be: how it boots, its disks, what it sees of this machine. [`Machine::start`] makes it
//! [`Running`], which has a [`Console`] to read and write, knows the port by which the guest's ssh is reached, and tells
//! when the machine is in trouble. Dropping it is the end of qemu, and so is the end of this program, however that happens.
//!
//! qemu is talked to over pairs of sockets that it inherits ([`wires`]): nothing of them is in the file system, nobody else
//! can connect, and nothing waits for a file to appear. Overlays are files without a name ([`overlay`]). So a killed program
//! leaves neither a process nor a file.

mod accel;
mod argv;
mod boot;
mod console;
mod disk;
mod error;
mod greeting;
mod login;
mod machine;
mod overlay;
mod qmp;
mod refusal;
mod running;
mod start;
mod wires;

pub use accel::{Accel, check, kvm};
pub use boot::Boot;
pub use console::{Console, Reader};
pub use disk::{Bus, Disk, Format};
pub use error::Error;
pub use login::{BadKey, SILENCE, SSH_FAILED, Way, check_key, refused, ssh};
pub use machine::{HOST, Machine, Network, Port, Share};
pub use overlay::look;
pub use running::{Exit, Running};
