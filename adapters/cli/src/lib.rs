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
mod repo;
mod server;
mod table;
mod terminal;
mod transfer;
mod wish;

pub use answer::{BuildAnswer, JobLine, StepTime, print_jobs};
pub use arguments::{
    AddArguments, Arguments, AskArguments, BossCommand, BuildArguments, CheckArguments, Command,
    ConfigArguments, ConfigCommand, CreateBaseArguments, DeleteArguments, DiffArguments, DoctorArguments,
    DownloadArguments, EditArguments, FileArguments, FmtArguments, GenerateArguments, HereArguments,
    ImageCommand, ImageFileArguments, ImageInfoArguments, ImageNameArguments, InstallArguments, KsCommand,
    LaunchArguments, ListArguments, LogArguments, LoginBy, Named, ParticipantCommand, PinArguments,
    RegisterArguments, Registration, RepoArguments, RepoCommand, ResumeArguments, RetryArguments,
    RunArguments, ServerArguments, ServerCommand, ShowArguments, SiteArguments, SkynetArguments,
    SkynetCommand, StateArguments, StopArguments, SubmitArguments, TagArguments, TemplatesArguments, Toggle,
    TokenScope, TokensArguments, UpArguments, UserArguments, UserCommand, VmCommand, WaitArguments,
    WaitState, WishArguments,
};
pub use config::{ConfigAnswer, ConfigMistake, ConfigShown, ValueLine, print_config};
pub use definition::DefinitionAnswer;
pub use doctor::{DoctorAnswer, DoctorLine};
pub use image::{ImageAnswer, VerifyAnswer, VerifyFault, VerifyLayer};
pub use participants::{ParticipantLine, print_participants};
pub use progress::Show;
pub use repo::{
    print_incorporated, print_repository, print_repository_error, print_repository_image,
    print_repository_verified, print_tended, repository_image,
};
pub use server::{FileLine, print_files, print_history, print_job, print_list};
pub use terminal::{LogText, result, result_bytes, say, visible};
pub use transfer::{Transfer, size};
pub use wish::{BuildWish, Unusable, read_kickstart, repositories};
