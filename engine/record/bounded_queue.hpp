#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace fluoro {

/// First in, first out, between threads, with a limit on what may wait.
template <class Item> class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t most) : most_{most} {}

    /// Waits for room.
    void push(Item item)
    {
        std::unique_lock lock{mutex_};
        has_room_.wait(lock, [&] { return items_.size() < most_; });
        items_.push_back(std::move(item));
        has_item_.notify_one();
    }
    /// False, and the item is gone, where there is no room.
    bool try_push(Item item)
    {
        std::scoped_lock const lock{mutex_};
        if (items_.size() >= most_) return false;
        items_.push_back(std::move(item));
        has_item_.notify_one();
        return true;
    }
    /// Waits for an item; nothing once the queue is closed and empty.
    std::optional<Item> pop()
    {
        std::unique_lock lock{mutex_};
        has_item_.wait(lock, [&] { return is_closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        std::optional<Item> item{std::move(items_.front())};
        items_.pop_front();
        has_room_.notify_one();
        return item;
    }
    void close()
    {
        std::scoped_lock const lock{mutex_};
        is_closed_ = true;
        has_item_.notify_all();
    }

private:
    std::size_t const most_;
    std::mutex mutex_;
    std::condition_variable has_room_, has_item_;
    std::deque<Item> items_;
    bool is_closed_ = false;
};

} // namespace fluoro
