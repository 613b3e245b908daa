//! `skynet`: manages the participants of this machine.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = match cli::SkynetArguments::try_parse() {
        Ok(arguments) => arguments,
        Err(other) => other.exit(), // help and version: status 0; wrong usage: 2
    };
    match wiring::run_skynet(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            cli::say(format_args!("skynet: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
