#include "net/http/service.hpp"

#include "core/base/check.hpp"

namespace lockstep::net {

void Service::add(std::shared_ptr<Session> session) {
  session->place_ = sessions.size();
  sessions.push_back(std::move(session));
}

void Service::remove(Session& session) {
  const std::size_t place = session.place_;
  check(place < sessions.size() && sessions[place].get() == &session, "the session is listed");
  const auto kept = std::move(sessions[place]);  // until its place is filled
  if (place + 1 < sessions.size()) {
    sessions[place] = std::move(sessions.back());
    sessions[place]->place_ = place;
  }
  sessions.pop_back();
  if (sessions.empty() && emptied) emptied();
}

void Service::each(const std::function<void(Session&)>& visit) {
  // From the back: what is moved into a removed one's place was visited already.
  for (std::size_t i = sessions.size(); i-- > 0;) {
    if (i >= sessions.size()) continue;
    const auto kept = sessions[i];
    visit(*kept);
  }
}

}  // namespace lockstep::net
