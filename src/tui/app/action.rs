//! Everything a key can do. The key map, the hints of a half-typed sequence, `?`, the palette, the footer and the
//! documentation are all made from this one enum, so nothing can be missing from one of them.

use strum::{EnumIter, EnumMessage, EnumString, IntoStaticStr};

/// Where a key means something. A screen and everywhere are one to a person; moving gives way to both.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr, EnumMessage,
)]
#[strum(serialize_all = "snake_case")]
pub enum Layer {
    /// Any screen.
    #[strum(message = "Everywhere")]
    Everywhere,
    /// The Explore screen.
    #[strum(message = "Explore")]
    Explore,
    /// The Compare screen.
    #[strum(message = "Compare")]
    Compare,
    /// The Train screen.
    #[strum(message = "Train")]
    Train,
    /// The cursor, in any pane.
    #[strum(message = "Moving")]
    Moving,
    /// While a popup or a prompt is open.
    #[strum(message = "In a popup or prompt")]
    Popup,
}

/// One thing a person can do. `message` is its name in the footer, `detailed_message` its line in help and palette.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr, EnumMessage,
)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each action's detailed_message is its documentation")]
pub enum Action {
    #[strum(message = "explore", detailed_message = "Go to the Explore screen")]
    ScreenExplore,
    #[strum(message = "compare", detailed_message = "Go to the Compare screen")]
    ScreenCompare,
    #[strum(message = "train", detailed_message = "Go to the Train screen")]
    ScreenTrain,
    #[strum(message = "commands", detailed_message = "Find any command by its name")]
    Palette,
    #[strum(message = "keys", detailed_message = "Show the keys of this screen")]
    Help,
    #[strum(message = "other pane", detailed_message = "Move to the other pane, or tab")]
    NextPane,
    #[strum(message = "search", detailed_message = "Search the text")]
    Search,
    #[strum(message = "next hit", detailed_message = "Go to the next search hit")]
    SearchNext,
    #[strum(message = "hit before", detailed_message = "Go to the search hit before")]
    SearchPrevious,
    #[strum(message = "copy", detailed_message = "Copy the line under the cursor")]
    Copy,
    #[strum(message = "copy all", detailed_message = "Copy the whole trace")]
    CopyAll,
    #[strum(message = "back", detailed_message = "Stop generating; then close or go back")]
    Cancel,
    #[strum(message = "back", detailed_message = "Go back, or quit from a screen")]
    Back,
    #[strum(message = "quit", detailed_message = "Quit at once")]
    Quit,
    #[strum(
        message = "suspend",
        detailed_message = "Put the workbench to sleep and return to the shell"
    )]
    Suspend,
    #[strum(
        message = "redraw",
        detailed_message = "Draw the whole screen again, whatever stands on it"
    )]
    Redraw,

    #[strum(message = "down", detailed_message = "One row down")]
    Down,
    #[strum(message = "up", detailed_message = "One row up")]
    Up,
    #[strum(
        message = "left",
        detailed_message = "One token back; in the tree, fold or go to the parent"
    )]
    Left,
    #[strum(
        message = "right",
        detailed_message = "One token on; in the tree, unfold or go to a child"
    )]
    Right,
    #[strum(message = "top", detailed_message = "Go to the beginning")]
    Top,
    #[strum(message = "end", detailed_message = "Go to the end and follow new text")]
    Bottom,
    #[strum(message = "half page down", detailed_message = "Half a page down")]
    HalfPageDown,
    #[strum(message = "half page up", detailed_message = "Half a page up")]
    HalfPageUp,
    #[strum(message = "word", detailed_message = "Go to the next word")]
    WordNext,
    #[strum(message = "word back", detailed_message = "Go to the word before")]
    WordPrevious,
    #[strum(message = "sentence", detailed_message = "Go to the next sentence or line")]
    SentenceNext,
    #[strum(
        message = "sentence back",
        detailed_message = "Go to the sentence or line before"
    )]
    SentencePrevious,
    #[strum(
        message = "step",
        detailed_message = "Go to the next step: a state opened or returned to"
    )]
    StepNext,
    #[strum(message = "step back", detailed_message = "Go to the step before")]
    StepPrevious,
    #[strum(message = "fold", detailed_message = "Fold or unfold this part of the tree")]
    Fold,
    #[strum(message = "fold all", detailed_message = "Fold the whole tree")]
    FoldAll,
    #[strum(message = "unfold all", detailed_message = "Unfold the whole tree")]
    UnfoldAll,

    #[strum(
        message = "fork here",
        detailed_message = "Keep what stands before the cursor and go on anew"
    )]
    Fork,
    #[strum(
        message = "insert",
        detailed_message = "Insert text at the cursor and let the model go on"
    )]
    Insert,
    #[strum(
        message = "edit and go on",
        detailed_message = "Edit the current line and let the model go on"
    )]
    Edit,
    #[strum(
        message = "alternatives",
        detailed_message = "Show what else could stand here; enter forks with it"
    )]
    Alternatives,
    #[strum(
        message = "sample",
        detailed_message = "Generate several more traces of this problem"
    )]
    Sample,
    #[strum(
        message = "why",
        detailed_message = "Say why this was found, and what the checkers say of it"
    )]
    Why,
    #[strum(
        message = "faster",
        detailed_message = "Let text appear twice as fast; at last without a pace"
    )]
    Faster,
    #[strum(message = "slower", detailed_message = "Let text appear half as fast")]
    Slower,
    #[strum(message = "random problem", detailed_message = "Take a random problem")]
    RandomProblem,
    #[strum(message = "own problem", detailed_message = "Type a problem of your own")]
    OwnProblem,
    #[strum(message = "model", detailed_message = "Choose the model")]
    Model,
    #[strum(
        message = "next model",
        detailed_message = "Let the next model take this problem"
    )]
    NextModel,
    #[strum(
        message = "sampler",
        detailed_message = "Change temperature and the other sampling settings"
    )]
    Sampler,
    #[strum(message = "regenerate", detailed_message = "Generate this problem again")]
    Regenerate,
    #[strum(
        message = "save",
        detailed_message = "Save the traces of this session as JSON lines"
    )]
    Save,
    #[strum(message = "trace before", detailed_message = "Show the trace before this one")]
    TracePrevious,
    #[strum(message = "next trace", detailed_message = "Show the next trace")]
    TraceNext,
    #[strum(
        message = "traces",
        detailed_message = "List the traces of this session with their score sheets"
    )]
    Traces,
    #[strum(
        message = "unread rows",
        detailed_message = "List the rows that could not be read, and why"
    )]
    Unread,
    #[strum(
        message = "whole problem",
        detailed_message = "Show the whole problem, and what the model was given"
    )]
    WholeProblem,
    #[strum(
        message = "layers",
        detailed_message = "Show behaviors as states, rules and probe see them, or not"
    )]
    Layers,
    #[strum(
        message = "narrower",
        detailed_message = "Move the rule between the panes to the left"
    )]
    RuleLeft,
    #[strum(
        message = "wider",
        detailed_message = "Move the rule between the panes to the right"
    )]
    RuleRight,
    #[strum(
        message = "dismiss hints",
        detailed_message = "Put away the hints of the first start"
    )]
    DismissHints,

    #[strum(
        message = "random problem",
        detailed_message = "Give every lane a random problem"
    )]
    NewProblem,
    #[strum(
        message = "own problem",
        detailed_message = "Give every lane a problem of your own"
    )]
    TypeProblem,
    #[strum(
        message = "again",
        detailed_message = "Let every lane write another sample of this problem"
    )]
    Again,
    #[strum(
        message = "table",
        detailed_message = "Compare the lanes on a set of held-out problems"
    )]
    CompareSet,
    #[strum(
        message = "who is right",
        detailed_message = "List the problems only A has right; only B, both, none"
    )]
    Filter,
    #[strum(
        message = "open",
        detailed_message = "Open the problems behind a number, then their traces"
    )]
    Open,
    #[strum(
        message = "lane before",
        detailed_message = "Go to the lane, or the number, to the left"
    )]
    LaneLeft,
    #[strum(
        message = "next lane",
        detailed_message = "Go to the lane, or the number, to the right"
    )]
    LaneRight,
    #[strum(
        message = "to Explore",
        detailed_message = "Open this lane's trace in Explore, with its tree"
    )]
    OpenTrace,
    #[strum(message = "model", detailed_message = "Choose the model of this lane")]
    LaneModel,
    #[strum(
        message = "sampler",
        detailed_message = "Change temperature and the other sampling settings of this lane"
    )]
    LaneSampler,
    #[strum(message = "add a lane", detailed_message = "Add a lane; there may be four")]
    LaneAdd,
    #[strum(message = "drop the lane", detailed_message = "Take this lane away; two stay")]
    LaneDrop,
    #[strum(
        message = "pause",
        detailed_message = "Let the run wait after its step, or go on; go on with an old one"
    )]
    TrainPause,
    #[strum(message = "save now", detailed_message = "Save a checkpoint after this step")]
    TrainSave,
    #[strum(message = "stop", detailed_message = "Save the run and stop it")]
    TrainStop,
    #[strum(
        message = "change a knob",
        detailed_message = "Change the learning rate or another knob of the run; it is recorded"
    )]
    TrainKnob,
    #[strum(
        message = "first appearance",
        detailed_message = "Show the first traces with a habit beside those before"
    )]
    Emergence,
    #[strum(
        message = "faked only",
        detailed_message = "List only right answers that rest on false statements"
    )]
    Faked,
    #[strum(
        message = "held-out set",
        detailed_message = "Show the held-out samples instead of the rollouts, or these again"
    )]
    HeldOut,
    #[strum(
        message = "lay over",
        detailed_message = "Lay the curves of another run over these, or take them away"
    )]
    LayOver,
    #[strum(
        message = "to Explore",
        detailed_message = "Open the sample in Explore; from the curves, the checkpoint"
    )]
    TrainOpen,
    #[strum(
        message = "with base",
        detailed_message = "Compare the newest checkpoint with what the run began with"
    )]
    TrainCompare,

    #[strum(message = "accept", detailed_message = "Take what is selected or typed")]
    Accept,
    #[strum(message = "close", detailed_message = "Close without changing anything")]
    Close,
    #[strum(message = "next", detailed_message = "Select the next entry")]
    SelectNext,
    #[strum(message = "before", detailed_message = "Select the entry before")]
    SelectPrevious,
    #[strum(
        message = "page down",
        detailed_message = "Select the entry a page further down"
    )]
    SelectPageDown,
    #[strum(message = "page up", detailed_message = "Select the entry a page further up")]
    SelectPageUp,
    #[strum(
        message = "first",
        detailed_message = "Select the first entry, or go to the beginning of what is typed"
    )]
    SelectFirst,
    #[strum(
        message = "last",
        detailed_message = "Select the last entry, or go to the end of what is typed"
    )]
    SelectLast,
}

impl Action {
    /// Its name in key files and the palette.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// How far it goes in a list, where half a page has `half` lines; 0 for what does not move up or down.
    #[must_use]
    pub fn distance(self, half: isize) -> isize {
        match self {
            Action::Down => 1,
            Action::Up => -1,
            Action::HalfPageDown => half,
            Action::HalfPageUp => -half,
            Action::Top => isize::MIN,
            Action::Bottom => isize::MAX,
            _ => 0,
        }
    }

    /// Two or three words for the footer.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.get_message().unwrap_or_default()
    }

    /// One line that says what it does.
    #[must_use]
    pub fn description(self) -> &'static str {
        self.get_detailed_message().unwrap_or_default()
    }

    /// Where it belongs.
    #[must_use]
    pub fn layer(self) -> Layer {
        use Action::*;
        match self {
            ScreenExplore | ScreenCompare | ScreenTrain | Palette | Help | NextPane | Search | SearchNext
            | SearchPrevious | Copy | CopyAll | Cancel | Back | Quit | Suspend | Redraw | Faster | Slower => {
                Layer::Everywhere
            }
            Down | Up | Left | Right | Top | Bottom | HalfPageDown | HalfPageUp | WordNext | WordPrevious
            | SentenceNext | SentencePrevious | StepNext | StepPrevious | Fold | FoldAll | UnfoldAll => {
                Layer::Moving
            }
            Fork | Insert | Edit | Alternatives | Sample | Why | RandomProblem | OwnProblem | Model
            | NextModel | Sampler | Regenerate | Save | TracePrevious | TraceNext | Traces | Unread
            | WholeProblem | Layers | RuleLeft | RuleRight | DismissHints => Layer::Explore,
            Open | LaneLeft | LaneRight | NewProblem | TypeProblem | Again | CompareSet | Filter
            | OpenTrace | LaneModel | LaneSampler | LaneAdd | LaneDrop => Layer::Compare,
            TrainPause | TrainSave | TrainStop | TrainKnob | Emergence | Faked | HeldOut | LayOver
            | TrainOpen | TrainCompare => Layer::Train,
            Accept | Close | SelectNext | SelectPrevious | SelectPageDown | SelectPageUp | SelectFirst
            | SelectLast => Layer::Popup,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_action_has_a_name_a_label_and_a_description() {
        for action in Action::iter() {
            assert_eq!(action.name().parse::<Action>(), Ok(action));
            assert!(
                !action.label().is_empty() && action.label().len() <= 16,
                "{action:?}"
            );
            assert!(
                !action.description().is_empty() && action.description().len() <= 72,
                "{action:?}"
            );
        }
    }
}
