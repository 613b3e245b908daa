//! `img`: turns kickstart files into operating-system images.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(other) => other.exit(), // help and version: status 0; wrong usage: 2
    };
    wiring::start_log(arguments.usual_log());
    match wiring::run(arguments, wiring::real_builder).await {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            cli::say(format_args!("img: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
