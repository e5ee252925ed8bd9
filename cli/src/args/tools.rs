//! Flags of the commands around the analysis.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Replay golden data and compare; exit code 1 above tolerance
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze verify world flood golden/flood
  infra-analyze verify gat golden/gat")]
pub(crate) struct VerifyArgs {
    #[command(subcommand)]
    pub(crate) kind: VerifyKind,
}

/// What to verify.
#[derive(Debug, Subcommand)]
pub(crate) enum VerifyKind {
    /// Simulate the golden scenarios of a world and compare every value, exactly
    #[command(after_help = "Example:\n  infra-analyze verify world flood golden/flood")]
    World {
        /// The world
        world: String,
        /// Folder of golden data
        dir: PathBuf,
    },
    /// Compute the golden cases of the graph attention network and compare within 1e-5
    #[command(after_help = "Example:\n  infra-analyze verify gat golden/gat --write ours")]
    Gat {
        /// Folder of golden data (*.in.safetensors, *.out.safetensors)
        dir: PathBuf,
        /// Write what we compute into this folder instead of comparing
        #[arg(long, value_name = "DIR")]
        write: Option<PathBuf>,
    },
}

/// Show the template of the Markdown report
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  infra-analyze template dump -o postmortem.md.j2")]
pub(crate) struct TemplateArgs {
    #[command(subcommand)]
    pub(crate) kind: TemplateKind,
}

/// What to do with the template.
#[derive(Debug, Subcommand)]
pub(crate) enum TemplateKind {
    /// Print the built-in template, to start one's own from
    #[command(after_help = "\
Blocks, fields and filters that a template can use: docs/template.md in the sources.

Example:
  infra-analyze template dump -o postmortem.md.j2
  infra-analyze report results/run.parquet --template postmortem.md.j2 -o postmortem.md")]
    Dump {
        /// File to write [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Show what the analysis rests on
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  infra-analyze config show")]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) kind: ConfigKind,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigKind {
    /// Show the table of constants: value, range, unit, meaning
    #[command(after_help = "\
Any of them can be set for one analysis: report RUN --constant tau=0.4

Example:
  infra-analyze config show --format json")]
    Show {
        /// Format
        #[arg(long, value_enum, default_value_t)]
        format: ConfigFormat,
    },
}

/// Formats of the constants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConfigFormat {
    /// Aligned columns for people
    #[default]
    Table,
    /// JSON
    Json,
}

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  infra-analyze completions bash > ~/.local/share/bash-completion/completions/infra-analyze"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page of the program or of one command
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  infra-analyze man report | man -l -
  infra-analyze man import otlp | man -l -")]
pub(crate) struct ManArgs {
    /// The command, as it is called [default: the program]
    pub(crate) command: Vec<String>,
}
