//! Builds one kickstart with nothing around the builder: `build FILE.ks raw|loop|fs FOLDER`.

use std::path::PathBuf;

use builder_dnf::DnfBuilder;
use imaging::{Arch, BuildRequest, ImageBuilder, ImageId, ImageName, Step, Watch};
use place_userns::Userns;
use tokio_util::sync::CancellationToken;

struct Printed;

impl Watch for Printed {
    fn step(&self, step: &Step) {
        eprintln!("{step:?}");
    }

    fn stop(&self) -> CancellationToken {
        CancellationToken::new()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, form, folder] = words.as_slice() else {
        return Err("build FILE.ks raw|loop|fs FOLDER".into());
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    let stem = PathBuf::from(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let request = BuildRequest {
        image_id: ImageId::reduce(&stem)?,
        name: ImageName::parse(&stem)?,
        image_type: form.parse()?,
        arch: Arch::host().ok_or("this machine is of no known architecture")?,
        kickstart: std::fs::read_to_string(file)?,
        tokens: Vec::new(),
        extra_opts: Vec::new(),
        log: folder.join("log"),
        folder: folder.clone(),
    };
    let builder = DnfBuilder::new(Box::new(Userns::new()), std::env::temp_dir().join("img-example-cache"));
    println!("{:#?}", builder.build(&request, &Printed).await?);
    Ok(())
}
