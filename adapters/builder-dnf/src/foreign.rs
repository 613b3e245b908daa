//! Images for other processors: packages and scripts run programs of the image, which need an emulator then.

use child::Place;
use imaging::Arch;

use crate::halt::Halt;

/// Returns the family of processors that has to be emulated for an architecture, as qemu calls it.
pub(crate) fn emulated(arch: Arch) -> Option<&'static str> {
    (!arch.runs_here()).then(|| arch.family())
}

/// Refuses an architecture whose programs do not run at a place, neither by the processor nor by an emulator.
pub(crate) async fn check(place: &dyn Place, arch: Arch) -> Result<(), Halt> {
    let Some(family) = emulated(arch) else { return Ok(()) };
    place.check_programs(family).await.map_err(|why| {
        Halt::Failed(format!(
            "programs for {arch} do not run on this {host} machine, and packages run programs when they are installed: \
             {why}, or build on a machine for {arch}",
            host = std::env::consts::ARCH
        ))
    })
}
