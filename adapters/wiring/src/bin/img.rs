//! `img`: turns kickstart files into operating-system images.

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(other) => other.exit(), // help and version: status 0; wrong usage: 2
    };
    let filter = EnvFilter::try_from_env("IMG_LOG").unwrap_or_else(|_| EnvFilter::new(arguments.usual_log()));
    tracing_subscriber::fmt()
        .log_internal_errors(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match wiring::run(arguments, wiring::real_builder).await {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            cli::say(format_args!("img: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
