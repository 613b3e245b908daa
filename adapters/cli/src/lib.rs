//! The command line of `img`: what a person can ask for, and how it is answered.
//!
//! Results go to stdout, everything else to stderr. What is asked for is done by `wiring`.

mod answer;
mod arguments;
mod config;
mod definition;
mod doctor;
mod image;
mod participants;
mod progress;
mod terminal;
mod wish;

pub use answer::{BuildAnswer, JobLine, StepTime, print_jobs};
pub use arguments::{
    Arguments, BossCommand, BuildArguments, CheckArguments, Command, ConfigArguments, ConfigCommand,
    DiffArguments, DoctorArguments, EditArguments, FileArguments, FmtArguments, GenerateArguments,
    HereArguments, ImageCommand, ImageFileArguments, ImageInfoArguments, InstallArguments, KsCommand,
    LaunchArguments, Named, ParticipantCommand, RegisterArguments, Registration, RunArguments, SiteArguments,
    SkynetArguments, SkynetCommand, StateArguments, SubmitArguments, TemplatesArguments, Toggle,
    TokensArguments, UpArguments, WaitState, WishArguments,
};
pub use config::{ConfigAnswer, ConfigMistake, ConfigShown, ValueLine, print_config};
pub use definition::DefinitionAnswer;
pub use doctor::{DoctorAnswer, DoctorLine};
pub use image::{ImageAnswer, VerifyAnswer, VerifyFault, VerifyLayer};
pub use participants::{ParticipantLine, print_participants};
pub use progress::Show;
pub use terminal::{result, result_bytes, say, visible};
pub use wish::{BuildWish, Unusable};
