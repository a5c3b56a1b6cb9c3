//! What went wrong in a call of a plugin. Knows nothing of how calls are made.

/// What a plugin said when a call failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{call}: {message}")]
pub(crate) struct Failure {
    /// The class of the failure.
    pub(crate) kind: FailureKind,
    /// The function's name without the `PJRT_` in front.
    pub(crate) call: &'static str,
    /// The plugin's words.
    pub(crate) message: String,
}

/// The classes of failures that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// No memory is left.
    OutOfMemory,
    /// The plugin does not offer the function or the feature.
    Unsupported,
    /// The plugin did not accept an argument.
    InvalidArgument,
    /// The call was refused here, before the plugin saw it.
    Refused,
    /// The memory of a buffer was donated, or is being read.
    Donated,
    /// The process was forked from the one that has loaded the plugin.
    Forked,
    /// Anything else.
    Other,
}

impl Failure {
    /// A call that must not reach the plugin.
    pub(crate) fn refused(call: &'static str, message: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Refused, call, message: message.into() }
    }

    /// A call that must not reach the plugin, as the memory of a buffer was donated or is being read.
    pub(crate) fn donated(call: &'static str, message: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Donated, call, message: message.into() }
    }

    /// A call that the plugin has no function for.
    pub(crate) fn unsupported(call: &'static str, message: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Unsupported, call, message: message.into() }
    }

    /// A plugin that broke the promises of the API.
    pub(crate) fn broken(call: &'static str, message: impl Into<String>) -> Failure {
        Failure { kind: FailureKind::Other, call, message: message.into() }
    }

    /// Whether the plugin refused an argument, as opposed to having failed on it.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.kind, FailureKind::InvalidArgument | FailureKind::Unsupported)
    }
}
