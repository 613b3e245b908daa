//! `cargo run -p image-format --example what -- FILE…`: says what each file is, and whether it is whole.

use std::fs::File;

fn main() -> std::io::Result<()> {
    for name in std::env::args_os().skip(1) {
        let shown = name.to_string_lossy().into_owned();
        let file = File::open(&name)?;
        let length = Some(file.metadata()?.len());
        match image_format::verify(file, length) {
            Err(refused) => println!("{shown}: {refused}"),
            Ok(report) => {
                println!("{shown}: {}", report.image.line());
                if let Some(fault) = report.fault {
                    println!("  {fault}");
                }
            }
        }
    }
    Ok(())
}
