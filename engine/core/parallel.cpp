#include <fluoro/core/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fluoro {
namespace {

thread_local bool is_helping = false; ///< this thread works on somebody's items

/// Threads that wait for work, one for every core but the caller's. Whoever comes while they are at work does his own
/// alone.
class Helpers {
public:
    Helpers()
    {
        int const count = std::max(1, int(std::thread::hardware_concurrency())) - 1;
        for (int n = 0; n < count; ++n) threads_.emplace_back([this](std::stop_token const& stop) { help(stop); });
    }
    ~Helpers()
    {
        for (auto& thread : threads_) thread.request_stop();
        has_work_.notify_all();
    }
    int count() const { return int(threads_.size()); }

    void run(int items, std::function<void(int)> const& work)
    {
        // A forked child has the locks as they stood and none of the threads: it works alone and touches neither.
        bool const is_worth_it = items > 1 && !threads_.empty() && !is_helping && ::getpid() == owner_;
        std::unique_lock const turn =
            is_worth_it ? std::unique_lock{turn_, std::try_to_lock} : std::unique_lock{turn_, std::defer_lock};
        if (!turn) {
            for (int item = 0; item < items; ++item) work(item);
            return;
        }
        next_ = 0;
        {
            std::lock_guard const lock{mutex_};
            work_ = &work;
            items_ = items;
        }
        has_work_.notify_all();
        is_helping = true; // what the work asks for in turn it does alone
        take_items(work, items);
        is_helping = false;
        // Helpers that have not come by now need not.
        std::unique_lock lock{mutex_};
        work_ = nullptr;
        is_done_.wait(lock, [this] { return at_work_ == 0; });
    }

private:
    void take_items(std::function<void(int)> const& work, int items)
    {
        for (int item = next_++; item < items; item = next_++) work(item);
    }
    void help(std::stop_token const& stop)
    {
        is_helping = true;
        std::unique_lock lock{mutex_};
        for (;;) {
            has_work_.wait(lock, stop, [this] { return work_ && next_ < items_; });
            if (stop.stop_requested()) return;
            auto const& work = *work_;
            int const items = items_;
            ++at_work_;
            lock.unlock();
            take_items(work, items);
            lock.lock();
            if (--at_work_ == 0) is_done_.notify_all();
        }
    }

    pid_t const owner_ = ::getpid(); ///< the process that has the threads
    std::mutex turn_;                ///< of who gives work
    std::mutex mutex_;
    std::condition_variable_any has_work_;
    std::condition_variable is_done_;
    std::function<void(int)> const* work_ = nullptr;
    int items_ = 0, at_work_ = 0;
    std::atomic<int> next_ = 0;
    std::vector<std::jthread> threads_; // last: stops before what it uses is gone
};

Helpers& helpers()
{
    static Helpers all;
    return all;
}

} // namespace

void parallel_for(int count, std::function<void(int first, int last)> const& work)
{
    if (count <= 0) return;
    int const parts = std::min(helpers().count() + 1, count);
    helpers().run(parts, [&](int part) {
        work(int(std::int64_t(count) * part / parts), int(std::int64_t(count) * (part + 1) / parts));
    });
}

void parallel_each(int count, std::function<void(int item)> const& work)
{
    helpers().run(count, work);
}

} // namespace fluoro
