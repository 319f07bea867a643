#pragma once
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fluoro {

/// Lines for the person from the recorder's threads. Trouble means that the record lacks something it ought to hold.
class Notices {
public:
    void note(std::string text)
    {
        std::scoped_lock const lock{mutex_};
        fresh_.push_back(text);
        notes_.push_back(std::move(text));
    }
    void trouble(std::string text)
    {
        std::scoped_lock const lock{mutex_};
        fresh_.push_back(text);
        troubles_.push_back(std::move(text));
    }
    std::vector<std::string> take_fresh()
    {
        std::scoped_lock const lock{mutex_};
        return std::exchange(fresh_, {});
    }
    std::vector<std::string> notes() const
    {
        std::scoped_lock const lock{mutex_};
        return notes_;
    }
    std::vector<std::string> troubles() const
    {
        std::scoped_lock const lock{mutex_};
        return troubles_;
    }
    bool has_trouble() const
    {
        std::scoped_lock const lock{mutex_};
        return !troubles_.empty();
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> fresh_, notes_, troubles_;
};

} // namespace fluoro
