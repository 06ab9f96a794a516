/** The help pages, in English: a page per action and per message. */
export const enHelp = {
  'locked-out': {
    title: 'I am locked out of my Mac',
    lead: 'With the recovery key of your Mac you can set a new password.',
    steps: [
      'Sign in here on any phone or computer.',
      'Choose your Mac, then select Get recovery key.',
      'On your Mac, click the question mark beside the password box. If there is none, type any password three times.',
      'Choose the option that uses your recovery key, and type the key.',
    ],
    notes: [
      'If you can’t sign in here either, IT has to restore your account first. Use the contact on this page.',
      'If the key does not work, select “Did this key not work?” under it. Your Mac may still use the one before.',
    ],
  },
  store: {
    title: 'Store recovery key',
    lead: 'Your Mac showed you a recovery key when it was encrypted. Store it here, and you can get it back at any time.',
    steps: [
      'Find the key: 24 letters and numbers in six groups, on paper or where you keep your passwords.',
      'Choose your Mac, then select Store recovery key.',
      'Type the key in both boxes, then select Save.',
      'Leave your Mac on and connected. It verifies the key, makes a new one, and hands us the new one.',
    ],
    notes: [
      'Do I need to? Yes, if your Mac was encrypted before it was enrolled, or if you turned on FileVault by hand. No, if its page already says that a key is stored.',
      'After saving, the key you typed no longer works. The new one is always here.',
      'You have lost the key? You can make a new one on your Mac.',
    ],
  },
  get: {
    title: 'Get recovery key',
    lead: 'See the recovery key of your Mac, for the moment you need it.',
    steps: [
      'Choose your Mac, then select Get recovery key.',
      'Sign in once more if you are asked to. This keeps your key safe if you left a device open.',
      'Read the key from the screen, or copy it. It is hidden again after five minutes.',
    ],
    notes: [
      'Every time somebody sees your key, it is noted. You find it on the page of your Mac, under Who looked at my key.',
    ],
  },
  rotate: {
    title: 'Rotate recovery key',
    lead: 'Rotating replaces the recovery key of your Mac with a new one. Do it after somebody else has seen the key.',
    steps: [
      'Choose your Mac, then select Rotate recovery key.',
      'Leave your Mac on and connected. It makes the new key by itself.',
    ],
    notes: [
      'At its lock screen after a restart, a Mac has no network. The new key is made once somebody unlocks it.',
      'Until the new key is saved, the one before keeps working.',
    ],
  },
  'rotate-at-the-mac': {
    title: 'Make a new recovery key on your Mac',
    lead: 'If the key you have is not accepted, or you have lost it, your Mac can make a new one. You need the password of your Mac.',
    steps: [
      'On your Mac, open the Terminal app. You find it with Spotlight: press Command and Space, then type Terminal.',
      'Type this, then press Return: `sudo fdesetup changerecovery -personal`',
      'Type the password of your Mac when you are asked for it. It is not shown while you type.',
      'Your Mac shows the new recovery key. Write it down.',
      'Come back here, choose your Mac, select Store recovery key, and type the new key.',
    ],
    notes: [
      'The earlier key stops working as soon as the new one is shown.',
      'If your Mac is managed, it may hand in the new key by itself. Its page says so then.',
    ],
  },
  'check-status': {
    title: 'Check status',
    lead: 'Check status asks your Mac to report now, instead of when it is next due.',
    steps: [
      'Open the lid of your Mac, unlock it, and connect it to the internet.',
      'Choose your Mac here, then select Check status.',
      'The page changes when your Mac has answered, usually within a minute.',
    ],
    notes: [
      'Can access company resources: all is well.',
      'Out of compliance: something needs to change by the date shown. The page says what.',
      'Cannot access company resources: the page says what to change to get access again.',
    ],
  },
  'who-can-see': {
    title: 'Who can see my key',
    lead: 'You can. Whether IT can depends on who the Mac belongs to.',
    steps: [
      'Your personal Mac: only you see its key. IT can ask your Mac to make a new key, but never sees it.',
      'A Mac of the company: IT can see the key with a reason. You are told at once, with the name and the reason.',
      'If a Mac changes from personal to company, keys stored before stay visible to you only.',
    ],
    notes: ['The page of each Mac lists everybody who looked at its key, when, and why.'],
  },
  enroll: {
    title: 'Enroll a Mac',
    lead: 'Enrolling connects your Mac with your company, so that its recovery key can be kept here.',
    steps: [
      'On the Mac, open this site, sign in, and select Enroll this Mac.',
      'Read what IT can see and do, then select Download profile.',
      'Open System Settings, then General, then Device Management, and double-click the profile. On macOS 13 and 14 it is under Privacy & Security, then Profiles.',
      'Select Install or Enroll, and type the name and password of an administrator of the Mac.',
      'Go back to the page. It says when your Mac has arrived, and what is left to do.',
    ],
    notes: [
      'A profile works once and is good for an hour. If yours is lost or too old, download another one.',
      'Your Mac may say “Not verified”, because your company signs its profiles itself. Go on only if you downloaded the profile from this site a moment ago.',
      'If the Mac is enrolled with a Managed Apple Account, remove that enrollment first: Apple lets nobody manage recovery keys there.',
      'You can remove your Mac again at any time. Keys stored so far are kept for you.',
    ],
  },
  'what-it-sees': {
    title: 'What can IT see on my Mac',
    lead: 'Little: what your Mac is, and whether its disk is protected. The profile asks macOS for no more, and macOS shows you what it asks for.',
    steps: [
      'IT sees the name, model, serial number and macOS version of your Mac, whether its disk is encrypted, which profiles are installed, and when it was last in touch.',
      'IT can install settings for FileVault and have your Mac make a new recovery key.',
      'IT can’t see files, mail, messages, photos, passwords, websites, apps, or where your Mac is, and can’t erase it.',
    ],
    notes: [
      'The right to change the recovery key is the same that allows to lock a Mac; Apple does not divide it. This site has no way to lock one.',
      'More rights can’t be added later without your approval at the Mac.',
      'Whether IT can see the recovery key depends on who the Mac belongs to: see Who can see my key.',
    ],
  },
  'certificate-ended': {
    title: 'The certificate of my Mac has ended',
    lead: 'Your Mac proves who it is with a certificate. It is renewed by itself while the Mac is in touch; one that was away for long, or came back from a backup, needs a new one.',
    steps: [
      'On the Mac, open this site and select Enroll this Mac.',
      'Download the profile and install it. It takes the place of the one before.',
      'Go back to the page and wait until your Mac has arrived.',
    ],
    notes: [
      'Every recovery key stored for the Mac is kept, and you can see it the whole time.',
      'If macOS says that a profile is there already, remove that one first, in System Settings, under General, then Device Management.',
      'IT can also take a certificate back, if it may be in other hands. Then the Mac is enrolled again in the same way.',
    ],
  },
  quarantine: {
    title: 'My Mac is in quarantine',
    lead: 'Your Mac says that it is one that somebody else enrolled before. Until IT has looked at it, nothing changes for anybody.',
    steps: [
      'Contact IT and tell them where the Mac comes from: handed on by a colleague, bought used, or repaired.',
      'IT decides whether it is yours. The page where you enrolled it says so as soon as they have.',
      'If they accept it, store its recovery key as usual.',
    ],
    notes: [
      'Nobody gets the recovery keys of anybody else by this. Keys stored for the Mac before stay with whoever stored them.',
      'If IT refuses the Mac, remove the profile in System Settings, under General, then Device Management.',
    ],
  },
  'rename-remove': {
    title: 'Rename or remove a Mac',
    lead: 'Both are on the page of your Mac, at the bottom.',
    steps: [
      'Rename changes the name that is shown here, and nothing on the Mac itself.',
      'Remove ends the management of your Mac. It loses access to company resources.',
    ],
    notes: ['A removed Mac stays in your list, and you can still get its last recovery key.'],
  },
};
export type HelpTopic = keyof typeof enHelp;
