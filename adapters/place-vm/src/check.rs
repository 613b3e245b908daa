//! What keeps machines from being started, as sentences that tell how to mend it.

use std::path::Path;

use qemu::BadKey;

use crate::Settings;

/// Says what is missing.
pub(crate) fn check(settings: &Settings) -> Result<(), String> {
    for program in ["qemu-system-x86_64", "qemu-img"] {
        qemu::check(Path::new(program)).map_err(|error| error.to_string())?;
    }
    if child::quick(&["ssh", "-V"]).is_err() {
        return Err("ssh is missing: install the package openssh-client (sudo apt-get install \
            --no-install-recommends openssh-client)"
            .into());
    }
    if let Err(error) = std::fs::File::open(&settings.base) {
        return Err(format!(
            "the base image {} cannot be read ({error}): `img vm create-base` makes one, or [worker] vm_base_img says where it is",
            settings.base.display()
        ));
    }
    if let Some(kernel) = &settings.kernel
        && let Err(error) = std::fs::File::open(kernel)
    {
        return Err(format!(
            "the kernel {} cannot be read ({error}): correct [worker] vm_kernel, or leave it out when the base image boots by itself",
            kernel.display()
        ));
    }
    key(&settings.key)?;
    match settings.accel {
        qemu::Accel::Kvm => qemu::kvm(),
        _ => Ok(()),
    }
}

fn key(key: &Path) -> Result<(), String> {
    qemu::check_key(key).map_err(|bad| match bad {
        BadKey::Open(_) => format!("the key {} {bad}", key.display()),
        _ => format!(
            "the key {} to the base image {bad}: `img vm create-base` makes one, or [worker] vm_ssh_key says where it is",
            key.display()
        ),
    })
}
