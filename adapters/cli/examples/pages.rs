//! Writes man pages and completions for shells, from the same definition the programs read their words by.
//!
//! `cargo run -p cli --example pages -- DIR` makes `DIR/man/*.1` and `DIR/completions/{bash,zsh,fish}/…`.

use std::io::Result;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| "target/pages".into()));
    for mut program in [cli::Arguments::command(), cli::SkynetArguments::command()] {
        let man = folder.join("man");
        std::fs::create_dir_all(&man)?;
        clap_mangen::generate_to(program.clone(), &man)?;
        let name = program.get_name().to_owned();
        for (shell, word) in [(Shell::Bash, "bash"), (Shell::Zsh, "zsh"), (Shell::Fish, "fish")] {
            let completions = folder.join("completions").join(word);
            std::fs::create_dir_all(&completions)?;
            clap_complete::generate_to(shell, &mut program, &name, completions)?;
        }
    }
    Ok(())
}
