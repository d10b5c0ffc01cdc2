// What a chat on Socket.IO does for presence: a room for each group, and an event to the room for whoever comes or
// goes. Started by bench/run; its argument is the port. Install it with: npm install --prefix target/bench/peers socket.io@4
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });

io.on("connection", socket => {
  socket.on("subscribe", group => {
    socket.join(group);
    socket.to(group).emit("joined", { id: socket.id });
    socket.emit("subscribed", { members: [...(io.sockets.adapter.rooms.get(group) ?? [])] });
  });
  socket.on("publish", (group, text) => io.to(group).emit("message", { from: socket.id, text }));
  socket.on("come", (group, metadata) => {
    socket.join(group);
    socket.to(group).emit("joined", { id: socket.id, metadata });
  });
  socket.on("go", group => {
    socket.leave(group);
    io.to(group).emit("left", { id: socket.id });
  });
});

http.listen(Number(process.argv[2]), "127.0.0.1");
