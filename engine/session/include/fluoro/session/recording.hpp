#pragma once
#include <fluoro/record/run_recorder.hpp>
#include <fluoro/session/session.hpp>

namespace fluoro {

class ToolTally;

/// Writes what a session does into a run folder, step by step: the bridge from the session's types to the file's own.
class SessionRecorder {
public:
    SessionRecorder(std::filesystem::path const& folder, RunInfo const& info, RecorderSettings const& settings);
    ~SessionRecorder();
    /// What one tick took and gave.
    void step(std::vector<Command> const& commands, Session::Step const& step, Status const& status);
    /// Closes the run; returns what could not be written.
    std::vector<std::string> finish(Tick end);
    /// Lines for the person (disk full, video left out) not taken yet.
    std::vector<std::string> take_messages();
    std::filesystem::path const& folder() const;

private:
    void log_tools(Session::Step const& step, Status const& status);

    RunRecorder recorder_;
    std::unique_ptr<ToolTally> tally_;
    Tick last_tools_ = 0;
};

} // namespace fluoro
